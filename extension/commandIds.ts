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
  explain: "gradientInspector.explain",
  fixAll: "gradientInspector.fixAll",
  toggleInlineGradients: "gradientInspector.toggleInlineGradients",
  openSample: "gradientInspector.openSample",
  openWalkthrough: "gradientInspector.openWalkthrough",
  /** Not in the palette: they take arguments. */
  menu: "gradientInspector.menu",
  dismiss: "gradientInspector.dismiss",
  reveal: "gradientInspector.reveal",
  why: "gradientInspector.why",
} as const;
