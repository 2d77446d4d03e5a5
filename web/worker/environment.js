/** What every Python of this project is started with: the frozen one, and the one that compiles its standard library. */
export const ENVIRONMENT = {
  HOME: "/home/pyodide",
  LANG: "C.UTF-8",
  PYTHONHASHSEED: "0",
  PYTHONNODEBUGRANGES: "1",
  PYTHONOPTIMIZE: "2",
  _: "./this.program",
};
