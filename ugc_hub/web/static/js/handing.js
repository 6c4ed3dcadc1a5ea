// Handing in: looks at each file before it is sent, sends one at a time with progress, and shows the server's list.

const form = document.querySelector("[data-send]");
const box = document.querySelector("[data-sending]");
const live = document.querySelector("[data-live]");
const said = JSON.parse(form?.dataset.said ?? "{}");
const waiting = [];
let busy = false;

const asked = {
  largest: Number(form?.dataset.largest),
  kinds: (form?.dataset.kinds ?? "").split(" "),
  orientation: form?.dataset.orientation,
  short: Number(form?.dataset.short),
  shortest: Number(form?.dataset.shortest),
  longest: Number(form?.dataset.longest),
  override: (form?.dataset.override ?? "").split(" "),
};

// English words are the key of those in the language of the page.
function say(words, values = {}) {
  return (said[words] ?? words).replace(/\{([a-z]+)\}/g, (whole, name) => values[name] ?? whole);
}

function measured(file) {
  const video = file.type.startsWith("video/");
  const address = URL.createObjectURL(file);
  const element = document.createElement(video ? "video" : "img");
  return new Promise((done) => {
    const end = (found) => {
      URL.revokeObjectURL(address);
      done(found);
    };
    // What the browser cannot open is measured by the server.
    element.addEventListener("error", () => end(null));
    setTimeout(() => end(null), 8000);
    if (video) element.addEventListener("loadedmetadata", () => end({ width: element.videoWidth, height: element.videoHeight, seconds: element.duration }));
    else element.addEventListener("load", () => end({ width: element.naturalWidth, height: element.naturalHeight }));
    if (video) element.preload = "metadata";
    element.src = address;
  });
}

// Only what no reason could set aside is refused here; everything is checked again by the server.
async function objection(file) {
  if (!/^(image|video)\//.test(file.type) && file.type) return say("This is neither a photo nor a video.");
  if (file.size === 0) return say("The file is empty.");
  if (file.size > asked.largest && !asked.override.includes("size")) return say("Larger than the {most} MB that are asked for.", { most: Math.round(asked.largest / 1e6) });
  if (file.type.startsWith("video/") && !asked.kinds.includes("video") && !asked.override.includes("kind")) return say("Videos are not asked for.");
  if (file.type.startsWith("image/") && !asked.kinds.includes("image") && !asked.kinds.includes("animation") && !asked.override.includes("kind")) return say("Photos are not asked for.");
  const found = await measured(file);
  if (!found || !found.width) return "";
  const { width, height, seconds } = found;
  const square = Math.abs(width - height) <= 0.01 * Math.max(width, height);
  const shape = square ? "square" : width > height ? "landscape" : "portrait";
  const words = { portrait: "taller than wide", landscape: "wider than tall", square: "square" };
  if (asked.orientation !== "any" && asked.orientation !== shape && !asked.override.includes("orientation")) return say("It should be {shape}; it has {width} × {height} pixels.", { shape: say(words[asked.orientation]), width, height });
  if (asked.short && Math.min(width, height) < asked.short && !asked.override.includes("pixels")) return say("The shorter side should have {least} pixels or more; it has {short}.", { least: asked.short, short: Math.min(width, height) });
  if (Number.isFinite(seconds) && !asked.override.includes("duration")) {
    if (asked.shortest && seconds < asked.shortest) return say("It should last at least {least} seconds.", { least: asked.shortest });
    if (asked.longest && seconds > asked.longest + 0.5) return say("It should last at most {most} seconds.", { most: asked.longest });
  }
  return "";
}

function rowOf(file) {
  const row = document.createElement("li");
  row.className = "upload-row handed";
  const place = document.createElement("span");
  place.className = "upload-picture";
  const body = document.createElement("div");
  body.className = "upload-body";
  const name = document.createElement("p");
  name.className = "clip";
  const strong = document.createElement("strong");
  strong.textContent = file.name;
  name.append(strong);
  const words = document.createElement("p");
  words.className = "small";
  words.dataset.words = "";
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", say("Progress of {file}", { file: file.name }));
  body.append(name, words, bar);
  row.append(place, body);
  box.append(row);
  return { file, row, words, bar };
}

function failed(item, text, again) {
  item.row.dataset.state = "failed";
  item.words.textContent = text;
  item.bar.hidden = true;
  live.textContent = `${item.file.name}: ${text}`;
  const buttons = document.createElement("div");
  buttons.className = "row file-change";
  const add = (label, whole, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button slim";
    button.textContent = say(label);
    button.setAttribute("aria-label", say(whole, { file: item.file.name }));
    button.addEventListener("click", act);
    buttons.append(button);
  };
  if (again) {
    add("Try again", "Try again: {file}", () => {
      item.row.remove();
      addFiles([item.file]);
    });
  }
  add("Remove", "Remove {file}", () => item.row.remove());
  item.row.append(buttons);
}

function shown(html) {
  const list = new DOMParser().parseFromString(html, "text/html").querySelector("[data-file-list]");
  if (!list) return;
  document.querySelector("[data-file-list]").replaceWith(list);
  window.htmx?.process(list);
}

function send(item) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${form.action}?${new URLSearchParams({ filename: item.file.name })}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("HX-Request", "true");
    request.upload.addEventListener("progress", (event) => {
      item.bar.value = event.loaded / Math.max(1, item.file.size);
      item.words.textContent = event.loaded < item.file.size ? say("Sending, {percent} %", { percent: Math.round(item.bar.value * 100) }) : say("Checking");
    });
    request.addEventListener("load", () => {
      if (request.status < 400) {
        item.row.remove();
        shown(request.responseText);
        live.textContent = say("{file} is safe.", { file: item.file.name });
      } else {
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        failed(item, page.querySelector(".notice p")?.textContent ?? say("This did not work. Try again."), request.status >= 500 || request.status === 400);
      }
      done();
    });
    request.addEventListener("error", () => {
      failed(item, say("The connection broke. Try again."), true);
      done();
    });
    request.send(item.file);
  });
}

async function work() {
  if (busy) return;
  busy = true;
  for (let item = waiting.shift(); item; item = waiting.shift()) {
    item.words.textContent = say("Looking at it");
    const words = await objection(item.file);
    if (words) failed(item, words, false);
    else await send(item);
  }
  busy = false;
}

function addFiles(files) {
  for (const file of files) {
    const item = rowOf(file);
    item.words.textContent = say("Waiting");
    waiting.push(item);
  }
  work();
}

if (form) {
  const chooser = document.querySelector("[data-files]");
  const taken = () => {
    addFiles([...chooser.files]);
    chooser.value = "";
  };
  chooser.addEventListener("change", taken);
  taken(); // On a slow line files can be chosen before this is there, and nothing would tell of them later.
  addEventListener("beforeunload", (event) => {
    if (busy || waiting.length) event.preventDefault();
  });
}
