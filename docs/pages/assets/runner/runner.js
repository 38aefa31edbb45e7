// Runs the cells of a page in a worker: editing, order, progress, stopping, output.
import { highlight } from "./highlight.js";

export async function start({ assets, recordings }) {
  return new Runner(assets, recordings);
}

class Runner {
  constructor(assets, recordings) {
    this.assets = assets;
    this.recordings = recordings;
    this.cells = [...document.querySelectorAll(".nb-cell")].map((element) => new Cell(element, this));
    this.queue = [];
    this.running = null;
    this.panel = new Panel(this);
    this.boot();
  }

  boot() {
    this.ready = false;
    this.worker?.terminate();
    this.worker = new Worker(new URL("runner/worker.js", this.assets), { type: "module" });
    this.worker.onmessage = ({ data }) => this.receive(data);
    this.worker.onerror = (event) => this.receive({ kind: "failed", text: event.message || "the worker could not be started" });
    this.worker.postMessage({ kind: "start", recordings: this.recordings });
    this.panel.loading();
  }

  // The button of a cell: stop it while it runs, else run it after those before it that have not run.
  toggle(element) {
    const cell = this.cells.find((one) => one.element === element);
    if (this.running === cell || this.queue.includes(cell)) return this.stop();
    const before = this.cells.slice(0, this.cells.indexOf(cell)).filter((one) => !one.ran && !this.queue.includes(one) && one !== this.running);
    this.add([...before, cell]);
  }

  add(cells) {
    for (const cell of cells) {
      this.queue.push(cell);
      cell.wait();
    }
    this.next();
  }

  next() {
    if (!this.ready || this.running || !this.queue.length) return this.panel.show();
    this.running = this.queue.shift();
    this.running.begin();
    this.panel.show();
    this.worker.postMessage({ kind: "run", source: this.running.source });
  }

  receive(data) {
    if (data.kind === "progress") this.panel.progress(data.loaded, data.total);
    else if (data.kind === "state") this.panel.say(data.text);
    else if (data.kind === "ready") {
      this.ready = true;
      this.next();
    } else if (data.kind === "output") this.running?.output(data.message);
    else if (data.kind === "done") {
      const cell = this.running;
      this.running = null;
      cell?.end(data.status);
      // After an error the cells that follow would only repeat it; a lesson's own errors go on.
      if (data.status === "error" && !cell.mayFail) this.drop();
      this.next();
    } else if (data.kind === "failed") {
      this.drop();
      this.running?.end("error");
      this.running = null;
      this.panel.failed(data.text);
    }
  }

  drop() {
    for (const cell of this.queue) cell.idle();
    this.queue = [];
  }

  // A worker that loops cannot be asked to stop, so it is ended and a fresh one started.
  stop() {
    this.drop();
    const stopped = this.running;
    this.running = null;
    stopped?.output({ kind: "note", text: "Stopped. Python was started afresh: cells that ran before run again when you need them." });
    stopped?.end("stopped");
    for (const cell of this.cells) cell.ran = false;
    this.boot();
  }
}

class Panel {
  constructor(runner) {
    this.runner = runner;
    this.box = document.createElement("div");
    this.box.className = "nb-panel";
    this.box.setAttribute("role", "region");
    this.box.setAttribute("aria-label", "Python in this page");
    this.text = document.createElement("span");
    this.text.className = "nb-panel__text";
    this.text.setAttribute("role", "status");
    this.bar = document.createElement("progress");
    this.bar.setAttribute("aria-label", "Loading Python");
    this.all = this.button("Run all", () => runner.add(runner.cells.filter((cell) => !runner.queue.includes(cell) && cell !== runner.running)));
    this.halt = this.button("Stop", () => runner.stop());
    this.afresh = this.button("Restart Python", () => runner.stop());
    this.box.append(this.text, this.bar, this.all, this.halt, this.afresh);
    document.querySelector(".md-content__inner").append(this.box);
  }

  button(label, action) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "nb-button", textContent: label, onclick: action });
    return button;
  }

  say(text) {
    this.text.textContent = text;
  }

  loading() {
    this.bar.hidden = false;
    this.bar.removeAttribute("value");
    for (const button of [this.all, this.halt, this.afresh]) button.hidden = true;
    this.say("Loading Python …");
  }

  progress(loaded, total) {
    this.bar.max = total;
    this.bar.value = loaded;
    this.say(`Loading Python: ${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`);
  }

  show() {
    const { ready, running, queue } = this.runner;
    if (!ready) return;
    this.bar.hidden = true;
    this.all.hidden = Boolean(running);
    this.afresh.hidden = Boolean(running);
    this.halt.hidden = !running;
    if (running) this.say(queue.length ? `Running; ${queue.length} more to run` : "Running");
    else this.say("Python runs in this page. Edit a cell and press Run, or Shift and Enter.");
  }

  failed(text) {
    this.bar.hidden = true;
    this.afresh.hidden = false;
    this.say(`Python could not be loaded: ${text}. Check the connection and try Restart Python.`);
  }
}

class Cell {
  constructor(element, runner) {
    this.element = element;
    this.runner = runner;
    this.ran = false;
    this.button = element.querySelector(".nb-run");
    this.stored = element.querySelector(".nb-outputs");
    this.mayFail = Boolean(this.stored?.querySelector(".nb-error"));
    this.live = document.createElement("div");
    this.live.className = "nb-live";
    this.live.setAttribute("role", "log");
    this.live.setAttribute("aria-label", "Output of the run in this page");
    this.live.hidden = true;
    this.stored.after(this.live);
    this.edit();
  }

  // The highlighted code stays; a text area with the same metrics lies over it and takes the typing.
  edit() {
    const code = this.element.querySelector(".highlight code");
    this.code = code;
    code.parentElement.classList.add("nb-editor");
    const area = document.createElement("textarea");
    area.value = code.textContent.replace(/\n$/, "");
    Object.assign(area, { spellcheck: false, autocapitalize: "off", autocomplete: "off" });
    area.setAttribute("aria-label", `Code of cell ${Number(this.element.dataset.cell) + 1}; Shift and Enter runs it, Escape then Tab leaves it`);
    code.removeAttribute("tabindex");
    code.after(area);
    const style = getComputedStyle(code);
    for (const name of ["fontFamily", "fontSize", "lineHeight", "letterSpacing", "fontFeatureSettings", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft"]) area.style[name] = style[name];
    area.style.borderLeft = style.borderLeftWidth + " solid transparent";
    this.area = area;
    const paint = () => { code.innerHTML = highlight(area.value) + "\n"; };
    area.addEventListener("input", paint);
    area.addEventListener("scroll", () => { code.scrollLeft = area.scrollLeft; });
    let escaped = false;
    area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.shiftKey) {
        event.preventDefault();
        if (this.runner.running !== this) this.runner.toggle(this.element);
      } else if (event.key === "Tab" && !event.shiftKey && !escaped) {
        event.preventDefault();
        area.setRangeText("    ", area.selectionStart, area.selectionEnd, "end");
        paint();
      } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        const line = area.value.slice(0, area.selectionStart).split("\n").pop();
        const indent = line.match(/^\s*/)[0] + (/:\s*(#.*)?$/.test(line) ? "    " : "");
        area.setRangeText("\n" + indent, area.selectionStart, area.selectionEnd, "end");
        paint();
      }
      escaped = event.key === "Escape";
    });
  }

  get source() {
    return this.area.value;
  }

  wait() {
    this.button.textContent = "Waiting";
    this.button.dataset.busy = "";
  }

  begin() {
    this.button.textContent = "Stop";
    this.button.dataset.busy = "";
    this.live.replaceChildren();
    this.live.hidden = false;
    this.stored.hidden = true;
    this.clearNext = false;
    this.stream = null;
    this.displays = new Map();
  }

  idle() {
    this.button.textContent = "Run";
    delete this.button.dataset.busy;
  }

  end(status) {
    this.idle();
    this.ran = status === "ok" || status === "unavailable" || (status === "error" && this.mayFail);
    this.element.dataset.status = status;
    if (status === "unavailable") this.stored.hidden = false;
    this.live.hidden = !this.live.childNodes.length;
  }

  output(message) {
    if (this.clearNext && message.kind !== "clear") {
      this.clearNext = false;
      this.clear();
    }
    if (message.kind === "stream") this.write(message.name, message.text);
    else if (message.kind === "clear") message.wait ? (this.clearNext = true) : this.clear();
    else if (message.kind === "error") this.box("error", message.text);
    else if (message.kind === "unavailable") {
      this.note(`${message.text} ${this.stored.childNodes.length ? "Below is its stored output; in" : "In"} JupyterLab the cell runs.`);
      this.live.after(this.stored);
    } else if (message.kind === "note") this.note(message.text);
    else this.rich(message);
  }

  clear() {
    this.live.replaceChildren();
    this.stream = null;
  }

  write(name, text) {
    if (this.stream?.name !== name) this.stream = { name, text: "", box: this.box(name === "stderr" ? "stderr" : "stdout", "") };
    this.stream.text = overwrite(this.stream.text + text);
    this.stream.box.firstChild.innerHTML = ansi(this.stream.text);
  }

  box(kind, text) {
    const box = document.createElement("pre");
    box.className = `nb-out nb-${kind}`;
    Object.assign(box, { tabIndex: 0 });
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", kind === "error" ? "Error" : "Output");
    const inner = document.createElement("samp");
    inner.innerHTML = ansi(text);
    box.append(inner);
    this.live.append(box);
    this.stream = null;
    return box;
  }

  note(text) {
    const note = document.createElement("p");
    note.className = "nb-note";
    note.textContent = text;
    this.live.append(note);
    this.stream = null;
  }

  rich({ kind, id, data }) {
    const place = document.createElement("div");
    if (data["text/html"] ?? data["image/svg+xml"]) {
      place.className = "nb-out nb-html";
      place.tabIndex = 0;
      place.setAttribute("role", "group");
      place.setAttribute("aria-label", "Output");
      place.innerHTML = data["text/html"] ?? data["image/svg+xml"];
      for (const link of place.querySelectorAll("a[href$='.ipynb']")) link.href = "../" + link.getAttribute("href").replace(".ipynb", "/");
    } else if (data["image/png"] ?? data["image/jpeg"]) {
      const mime = data["image/png"] ? "image/png" : "image/jpeg";
      const picture = document.createElement("img");
      Object.assign(picture, { className: "nb-figure", src: `data:${mime};base64,${data[mime]}`, alt: this.stored.querySelector("img")?.alt || "A picture made by this cell" });
      place.append(picture);
    } else {
      place.append(this.box("result", data["text/plain"] ?? ""));
    }
    const old = this.displays.get(id);
    if (kind === "update" && old) old.replaceWith(place);
    else if (kind !== "update") this.live.append(place);
    this.displays.set(id, place);
    this.stream = null;
  }
}

// A terminal's carriage return, for progress lines.
function overwrite(text) {
  return text.includes("\r") ? text.replace(/\r\n/g, "\n").split("\n").map((line) => line.split("\r").reduce((shown, piece) => piece + shown.slice(piece.length), "")).join("\n") : text;
}

const COLORS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

function ansi(text) {
  let classes = [];
  return text.split(/\x1b\[([\d;]*)m/).map((part, index) => {
    if (index % 2) {
      for (const code of part.split(";").map(Number)) {
        if (code === 0) classes = [];
        else if (code === 1) classes.push("ansi-bold");
        else if (code === 39) classes = classes.filter((name) => !name.endsWith("-fg"));
        else if ((code >= 30 && code < 38) || (code >= 90 && code < 98)) classes = [...classes.filter((name) => !name.endsWith("-fg")), `ansi-${COLORS[code % 10]}-fg`];
      }
      return "";
    }
    const safe = part.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    return classes.length && safe ? `<span class="${classes.join(" ")}">${safe}</span>` : safe;
  }).join("");
}
