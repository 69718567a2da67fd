// The names of the extension's commands. Those in the palette are declared in package.json.
export const COMMANDS = {
  runSnippet: "gradientInspector.runSnippet",
  runAll: "gradientInspector.runAll",
  runSelection: "gradientInspector.runSelection",
  openInspector: "gradientInspector.openInspector",
  openInspectorTab: "gradientInspector.openInspectorTab",
  toggleLive: "gradientInspector.toggleLive",
  stop: "gradientInspector.stop",
  restartEngine: "gradientInspector.restartEngine",
  exportGraph: "gradientInspector.exportGraph",
  showLog: "gradientInspector.showLog",
  manageTrust: "gradientInspector.manageTrust",
  /** Not in the palette: they take arguments. */
  menu: "gradientInspector.menu",
  dismiss: "gradientInspector.dismiss",
  reveal: "gradientInspector.reveal",
  openRule: "gradientInspector.openRule",
} as const;
