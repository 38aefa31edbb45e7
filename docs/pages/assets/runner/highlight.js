// Colors Python while it is typed, with the classes that the page's own highlighting uses.
const KEYWORDS = "False None True and as assert async await break case class continue def del elif else except finally for from global if import in is lambda match nonlocal not or pass raise return try while with yield";
const BUILTINS = "abs all any bool dict display enumerate Exception float getattr hasattr int isinstance len list max min next open print range repr reversed round set sorted str sum super tuple type zip ValueError TypeError KeyError RuntimeError NotImplementedError";
const TOKEN = new RegExp([
  /(?<comment>#[^\n]*)/,
  /(?<string>[rbuf]{0,2}(?:"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))/,
  /(?<number>\b\d[\w.]*)/,
  /(?<decorator>^[ \t]*@[\w.]+)/,
  /(?<name>[A-Za-z_]\w*)/,
  /(?<operator>[-+*/%=<>!&|^~]+)/,
].map((part) => part.source).join("|"), "gim");
const CLASSES = { comment: "c1", string: "s2", number: "mi", decorator: "nd", operator: "o" };
const keywords = new Set(KEYWORDS.split(" "));
const builtins = new Set(BUILTINS.split(" "));

const escape = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

export function highlight(source) {
  let html = "";
  let position = 0;
  let defines = false;
  for (const match of source.matchAll(TOKEN)) {
    html += escape(source.slice(position, match.index));
    position = match.index + match[0].length;
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    let css = CLASSES[kind];
    if (kind === "name") {
      css = keywords.has(match[0]) ? "k" : builtins.has(match[0]) ? "nb" : defines ? "nf" : "n";
      defines = match[0] === "def" || match[0] === "class";
    }
    html += `<span class="${css}">${escape(match[0])}</span>`;
  }
  return html + escape(source.slice(position));
}
