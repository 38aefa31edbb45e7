// Small helpers of every page. Anything heavy is fetched only when it is seen or asked for.
"use strict";
(() => {
  const assets = new URL(".", document.currentScript.src);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const script = (path) => new Promise((resolve, reject) => {
    const element = document.createElement("script");
    Object.assign(element, { src: new URL(path, assets), onload: resolve, onerror: reject });
    document.head.append(element);
  });

  // Names and focus that the theme leaves out.
  const name = () => {
    for (const e of $$(".md-search")) e.setAttribute("aria-label", "Search");
    for (const e of $$(".md-search__options")) e.setAttribute("aria-label", "Search options"); // a section may be called Search
    $$(".md-code__nav").forEach((e, i) => e.setAttribute("aria-label", `Code block ${i + 1}`));
    // The theme takes scrolling code out of the tab order on touch screens.
    for (const e of $$(".highlight code")) e.tabIndex = 0;
    // The theme lets wide tables scroll; what scrolls must be reachable by keyboard.
    for (const e of $$(".md-typeset__scrollwrap")) if (e.scrollWidth > e.clientWidth) e.tabIndex = 0;
  };
  let named = 0;
  const later = () => { named ||= setTimeout(() => { named = 0; name(); }, 100); };
  addEventListener("resize", later);
  addEventListener("toggle", later, true);
  new MutationObserver(later).observe(document.querySelector(".md-content") ?? document.body, { childList: true, subtree: true });

  // An address that names a cell or heading inside something folded opens it.
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const folded = [];
    for (let e = target; e; e = e.parentElement?.closest("details:not([open])")) if (e.matches("details:not([open])")) folded.push(e);
    for (const e of folded) e.open = true;
    if (folded.length) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();
  addEventListener("beforeprint", () => { for (const e of $$("details:not([open])")) { e.open = true; e.dataset.printed = ""; } });
  addEventListener("afterprint", () => { for (const e of $$("details[data-printed]")) { e.open = false; delete e.dataset.printed; } });

  // Cells far from the screen are laid out a few at a time, so that no key press has to wait.
  const far = $$(".nb-cell");
  const rest = (deadline) => {
    do for (const cell of far.splice(0, 3)) cell.classList.add("nb-near");
    while (far.length && deadline.timeRemaining() > 10);
    if (far.length) return idle(rest);
    name();
    document.documentElement.dataset.ready = ""; // for tests, and for whoever prints pages
  };
  const idle = window.requestIdleCallback ?? ((work) => setTimeout(() => work({ timeRemaining: () => 0 }), 20));
  if (location.hash) rest({ timeRemaining: () => 50 });
  else idle(rest);

  // Diagrams: their source is the page's text until the drawing replaces it.
  const diagrams = $$("pre.diagram");
  if (diagrams.length) {
    const sources = diagrams.map((e) => e.textContent.trim());
    let drawing = Promise.resolve();
    const draw = async () => {
      const dark = document.body.dataset.mdColorScheme === "slate";
      mermaid.initialize({ startOnLoad: false, theme: dark ? "dark" : "neutral", fontFamily: "inherit" });
      for (const [i, e] of diagrams.entries()) {
        const { svg } = await mermaid.render(`diagram-${i}-${Date.now()}`, sources[i]);
        e.innerHTML = svg;
        e.classList.add("diagram--drawn");
        const drawn = e.firstElementChild;
        drawn.setAttribute("role", "img");
        drawn.removeAttribute("aria-roledescription");
        if (!drawn.querySelector("title")) drawn.setAttribute("aria-label", "Diagram: " + sources[i].replace(/\s+/g, " "));
      }
    };
    const watcher = new IntersectionObserver(async (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      await script("vendor/mermaid/mermaid.tiny.js");
      drawing = draw();
      new MutationObserver(() => { drawing = drawing.then(draw); }).observe(document.body, { attributeFilter: ["data-md-color-scheme"] });
    });
    for (const e of diagrams) watcher.observe(e);
  }

  // Live widgets, one click each; the script that draws them comes once.
  for (const button of $$("[data-load-widget]")) {
    button.addEventListener("click", async () => {
      const box = button.closest("[data-widget]");
      button.disabled = true;
      button.textContent = "Loading the widget …";
      try {
        const saved = await (await fetch(box.dataset.widget)).json();
        const place = document.createElement("div");
        for (const [mime, data] of Object.entries(saved)) {
          const element = document.createElement("script");
          Object.assign(element, { type: mime, textContent: JSON.stringify(data) });
          place.append(element);
        }
        box.replaceChildren(place);
        await script("vendor/widgets/embed.js");
        // The script draws what is on the page when the page has loaded; that was long ago.
        if (document.readyState === "complete") dispatchEvent(new Event("load"));
        const label = () => {
          for (const e of $$(".noUi-handle", box)) e.setAttribute("aria-label", e.closest(".widget-slider, .jupyter-widgets")?.querySelector("label")?.textContent || "Slider");
        };
        new MutationObserver(label).observe(box, { childList: true, subtree: true });
      } catch {
        button.disabled = false;
        button.textContent = "The widget could not be loaded. Try again";
        if (!button.isConnected) box.append(button);
      }
    });
  }

  // Copy a cell, as it is or as it was edited.
  for (const [index, cell] of $$(".nb-cell").entries()) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "nb-copy", textContent: "Copy" });
    button.setAttribute("aria-label", `Copy the code of cell ${index + 1}`);
    button.addEventListener("click", async () => {
      const text = (cell.querySelector("textarea")?.value ?? cell.querySelector("code").textContent).replace(/\n$/, "");
      button.textContent = await navigator.clipboard.writeText(text).then(() => "Copied", () => "Not allowed");
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    cell.querySelector(".highlight").append(button);
  }

  // Python in the page: a button on every cell; everything else comes with the first click.
  const settings = document.getElementById("course-runner");
  if (settings) {
    let runner;
    const load = () => (runner ??= import(new URL("runner/runner.js", assets)).then((m) => m.start({ assets, ...JSON.parse(settings.textContent) })));
    const cells = $$(".nb-cell");
    for (const [index, cell] of cells.entries()) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "nb-run", textContent: "Run" });
      button.setAttribute("aria-label", `Run cell ${index + 1} in this page`);
      button.title = "Run in this page. The first time fetches Python, 10 MB.";
      button.addEventListener("click", async () => (await load()).toggle(cell));
      cell.querySelector(".highlight").prepend(button);
    }
  }
})();
