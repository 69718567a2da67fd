// The Markdown parser, loaded when the first Markdown file is read: its tables take longer to load than all the rest of
// the extension. `require` is the bundler's, which makes it a function that runs the module at its first call.
declare const require: (module: "./markdown") => typeof import("./markdown");

export const markdown = (): typeof import("./markdown") => require("./markdown");
