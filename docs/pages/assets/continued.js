// Appends the rest of a long page, then starts the scripts that look at the whole of it.
"use strict";
(async () => {
  const own = document.currentScript;
  const link = document.querySelector(".course-rest");
  const part = async (name) => {
    const answer = await fetch(new URL(name, location.href), { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.statusText);
    const article = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("article");
    article.firstElementChild.remove(); // the way back
    article.querySelector(".course-rest")?.remove(); // the way to the next part
    return [...article.childNodes].map((node) => document.importNode(node, true));
  };
  try {
    const found = await Promise.all(link.dataset.parts.split(" ").map(part));
    link.replaceWith(...found.flat());
  } catch {
    // The link stays, and leads to the rest.
  }
  if (document.readyState === "loading") await new Promise((done) => addEventListener("DOMContentLoaded", done, { once: true }));
  for (const source of own.dataset.then.split(" ")) {
    const script = document.createElement("script");
    const loaded = new Promise((done) => Object.assign(script, { src: source, onload: done, onerror: done }));
    document.body.append(script);
    await loaded;
    // The theme begins with this event, which has passed.
    document.dispatchEvent(new Event("DOMContentLoaded"));
  }
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) target.scrollIntoView();
})();
