// Python of the page, in a worker: loads Pyodide, the SDK and the course's modules, runs cells.
import { loadPyodide } from "../python/pyodide.mjs";

const base = new URL("../python/", import.meta.url);
const bytes = { loaded: 0, total: 0 };
let lastProgress = 0;

// Fetches a file of the manifest, counting what arrives. ".gz" files are unpacked on the way, so
// that the transfer is small whatever the host compresses.
async function get(manifest, name) {
  const url = new URL(name, base);
  url.searchParams.set("v", manifest[name].hash);
  const response = await fetcher(url);
  if (!response.ok) throw new Error(`${name}: the server answered ${response.status}`);
  const count = new TransformStream({
    transform(chunk, controller) {
      bytes.loaded += chunk.byteLength;
      const now = performance.now();
      if (now - lastProgress > 60) {
        lastProgress = now;
        postMessage({ kind: "progress", ...bytes });
      }
      controller.enqueue(chunk);
    },
  });
  let body = response.body.pipeThrough(count);
  if (name.endsWith(".wasm.gz")) body = body.pipeThrough(new DecompressionStream("gzip"));
  return body;
}

const fetcher = globalThis.fetch.bind(globalThis);
let kernel;

async function start({ recordings }) {
  const manifest = await (await fetcher(new URL("python.json", base), { cache: "no-cache" })).json();
  const wanted = recordings.map((name) => `recordings/${name}.json`).filter((name) => name in manifest);
  const counted = ["pyodide.asm.wasm.gz", "python_stdlib.zip", "packages.tar.xz", "course.tar.gz", ...wanted];
  for (const name of counted) bytes.total += manifest[name].bytes;
  const streams = Object.fromEntries(counted.map((name) => [name, get(manifest, name)]));
  const buffer = async (name) => new Response(await streams[name]).arrayBuffer();
  const packages = buffer("packages.tar.xz");
  const course = buffer("course.tar.gz");
  const texts = wanted.map(async (name) => [name, await new Response(await streams[name]).text()]);
  packages.catch(() => {});
  course.catch(() => {});
  // Pyodide asks for its parts by name; they are on their way already.
  globalThis.fetch = async (request, options) => {
    const name = String(request.url ?? request).split("/").pop().split("?")[0];
    if (name === "pyodide.asm.wasm") {
      return new Response(await streams["pyodide.asm.wasm.gz"], { headers: { "content-type": "application/wasm" } });
    }
    if (name === "python_stdlib.zip") return new Response(await streams[name]);
    return fetcher(request, options);
  };
  const py = await loadPyodide({
    indexURL: base.href,
    env: { HOME: "/reader", COURSE_DATA_DIR: "/reader/course", PYTHONDONTWRITEBYTECODE: "1" },
  });
  globalThis.fetch = fetcher;
  postMessage({ kind: "state", text: "Unpacking the openai package …" });
  const site = py.runPython("import site; site.getsitepackages()[0]");
  py.FS.mkdirTree("/course/chapters");
  py.FS.mkdirTree("/course/recordings");
  py.FS.mkdirTree("/reader/course");
  py.unpackArchive(await packages, "xztar", { extractDir: site });
  py.unpackArchive(await course, "gztar", { extractDir: "/course" });
  for (const [name, text] of await Promise.all(texts)) {
    const path = `/course/${name}`;
    py.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    py.FS.writeFile(path, text);
  }
  postMessage({ kind: "state", text: "Starting Python …" });
  py.registerJsModule("course_page", { send: (message) => postMessage({ kind: "output", message: JSON.parse(message) }) });
  kernel = py.runPython(`
import os, sys, importlib, json
os.chdir("/course/chapters")
sys.path[:0] = ["/course", "/course/chapters"]
importlib.invalidate_caches()
from pyodide.code import eval_code_async
import course_page
import IPython  # so that libraries find it and display
from course_kernel import Kernel

def send(message):
    course_page.send(json.dumps(message))

async def evaluate(source, namespace, filename):
    return await eval_code_async(source, namespace, filename=filename)

Kernel(send, evaluate)
`);
  return py;
}

let ready;
onmessage = async ({ data }) => {
  try {
    if (data.kind === "start") {
      ready = start(data);
      await ready;
      postMessage({ kind: "ready" });
    } else if (data.kind === "run") {
      await ready;
      const status = await kernel.run(data.source);
      postMessage({ kind: "done", status });
    }
  } catch (error) {
    postMessage({ kind: "failed", text: String(error?.message ?? error) });
  }
};
