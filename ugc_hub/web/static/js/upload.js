// Uploading many files: three at a time, each with its own progress, result, cancel and retry.

import { call, csrf, Problem, problemFrom } from "./api.js";

const AT_ONCE = 3;
const POLL_MS = 1200;
const OPENS_HERE = /^image\/(jpeg|png|webp|gif|avif)$/;
const page = document.querySelector("[data-upload]");
const find = (name) => document.querySelector(`[data-${name}]`);
const list = find("list");
const items = [];

function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["KB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < 3) [value, unit] = [value / 1000, unit + 1];
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

// What the fields of the campaign say; those of another one, while its own are not there yet, say nothing.
function fieldsSaid() {
  const part = find("campaign-fields");
  if (!part || part.dataset.campaignFields !== find("campaign").value.trim()) return null;
  const told = [...part.querySelectorAll('[name^="field-"]')].filter((one) => one.value.trim());
  return told.length ? Object.fromEntries(told.map((one) => [one.name.slice("field-".length), one.value])) : null;
}

const lacks = (answer) => (answer.missing?.length ? `Required and missing: ${answer.missing.join(", ")}.` : "");

class Item {
  constructor(file) {
    this.file = file;
    this.state = "waiting";
    this.sent = 0;
    this.row = find("row").content.firstElementChild.cloneNode(true);
    const part = (name) => this.row.querySelector(`[data-${name}]`);
    [this.words, this.bar, this.open, this.again, this.stop] = ["words", "bar", "open", "retry", "cancel"].map(part);
    part("name").textContent = file.name;
    part("size").textContent = size(file.size);
    this.bar.setAttribute("aria-label", `Progress of ${file.name}`);
    this.stop.setAttribute("aria-label", `Cancel ${file.name}`);
    this.again.setAttribute("aria-label", `Try ${file.name} again`);
    this.stop.addEventListener("click", () => this.cancel());
    this.again.addEventListener("click", () => this.retry());
    if (OPENS_HERE.test(file.type) && file.size < 30e6) this.showPicture(URL.createObjectURL(this.file));
    this.show("waiting", "Waiting");
    list.append(this.row);
  }

  showPicture(address) {
    const picture = document.createElement("img");
    const place = this.row.querySelector(".upload-picture");
    const icon = [...place.childNodes];
    picture.alt = "";
    picture.addEventListener("load", () => URL.revokeObjectURL(address));
    picture.addEventListener("error", () => {
      URL.revokeObjectURL(address);
      place.replaceChildren(...icon);
    });
    picture.src = address;
    place.replaceChildren(picture);
  }

  // The hub's own picture takes the place of the symbol where the browser opens no such file: HEIC of phones, videos.
  showKept() {
    if (this.row.querySelector(".upload-picture img")) return;
    this.showPicture(`/api/v1/assets/${encodeURIComponent(this.id)}/previews/thumb`);
  }

  show(state, words) {
    this.state = state;
    this.row.dataset.state = state;
    this.words.textContent = words;
    this.bar.hidden = !["waiting", "sending"].includes(state);
    this.stop.hidden = !["waiting", "sending"].includes(state);
    this.again.hidden = !["failed", "cancelled"].includes(state);
    summarise();
  }

  cancel() {
    this.request?.abort();
    this.show("cancelled", "Cancelled. Nothing of it was kept.");
    next();
  }

  retry() {
    this.sent = 0;
    this.bar.value = 0;
    this.show("waiting", "Waiting");
    next();
  }

  send() {
    const query = new URLSearchParams({ filename: this.file.name });
    for (const name of ["creator", "campaign"]) {
      const value = find(name)?.value.trim();
      if (value) query.set(name, value);
    }
    if (find("own")?.checked) query.set("own", "true");
    const said = fieldsSaid();
    if (said) query.set("fields", JSON.stringify(said));
    this.show("sending", "Sending");
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", `/api/v1/uploads?${query}`);
    request.setRequestHeader("X-CSRF-Token", csrf);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      this.sent = event.loaded;
      this.bar.value = event.loaded / Math.max(1, this.file.size);
      this.words.textContent = event.loaded < this.file.size ? `Sending, ${Math.round(this.bar.value * 100)} %` : "Checking";
      summarise();
    });
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.failed(new Problem({})));
    request.send(this.file);
  }

  answered(request) {
    if (request.status >= 400) return this.failed(problemFrom(request.responseText));
    const answer = JSON.parse(request.responseText);
    this.sent = this.file.size;
    this.id = answer.asset_id;
    this.link(answer);
    if (answer.status === "refused") this.settled(answer);
    else if (answer.duplicate) {
      if (answer.status === "ready") this.showKept();
      this.show("same", [answer.message, answer.warning, lacks(answer)].filter(Boolean).join(" "));
    } else {
      this.show("looking", "Safe. Looking at it…");
      this.poll();
    }
    return next();
  }

  failed(problem) {
    if (this.state === "cancelled") return;
    this.show(problem.retry ? "failed" : "refused", problem.message);
    next();
  }

  link(answer) {
    this.open.href = `/assets/${encodeURIComponent(answer.asset_id)}${answer.missing?.length ? "#fields" : ""}`;
    this.open.hidden = false;
    this.open.setAttribute("aria-label", `Open ${this.file.name}`);
  }

  async poll() {
    for (let wait = POLL_MS; ; wait = Math.min(wait * 1.25, 8000)) {
      await new Promise((done) => setTimeout(done, wait));
      try {
        const answer = await call("GET", `/api/v1/uploads/${encodeURIComponent(this.id)}`);
        if (answer.status === "received") continue;
        return this.settled(answer);
      } catch (problem) {
        if (problem.retry) continue;
        return this.show("refused", problem.message);
      }
    }
  }

  settled(answer) {
    if (answer.status === "refused" || answer.status === "failed") {
      this.open.hidden = answer.status === "refused";
      return this.show("refused", answer.message);
    }
    this.showKept();
    const warning = [answer.warning, lacks(answer)].filter(Boolean).join(" ");
    if (answer.links?.length) {
      this.show("same", `${answer.message} ${warning} `);
      const other = document.createElement("a");
      other.href = `/assets/${encodeURIComponent(answer.links[0].asset_id)}`;
      other.textContent = `See ${answer.links[0].file_name}`;
      return this.words.append(other);
    }
    return this.show("ready", warning ? `Ready. ${warning}` : "Ready");
  }
}

function next() {
  const busy = items.filter((item) => item.state === "sending").length;
  for (const item of items.filter((one) => one.state === "waiting").slice(0, AT_ONCE - busy)) item.send();
}

function summarise() {
  const count = (...states) => items.filter((item) => states.includes(item.state)).length;
  const total = items.reduce((sum, item) => sum + (item.state === "cancelled" ? 0 : item.file.size), 0);
  const sent = items.reduce((sum, item) => sum + (item.state === "cancelled" ? 0 : ["refused", "failed"].includes(item.state) ? item.file.size : Math.min(item.sent, item.file.size)), 0);
  find("total").value = total ? sent / total : 1;
  const done = count("ready", "same");
  const bad = count("refused", "failed");
  const busy = count("waiting", "sending", "looking");
  const parts = [`${done} of ${items.length - count("cancelled")} in the library`];
  if (bad) parts.push(`${bad} not taken`);
  if (busy) parts.push(`${busy} under way`);
  find("summary").textContent = parts.join(", ");
  find("retry-all").hidden = count("failed") === 0;
  if (!busy && items.length) find("live").textContent = `Finished: ${parts.join(", ")}.`;
}

function add(files) {
  const wanted = [...files].filter((file) => !/^\.|^Thumbs\.db$/.test(file.name));
  if (!wanted.length) return;
  find("results").hidden = false;
  const limit = Number(page.dataset.largest);
  for (const file of wanted) {
    const item = new Item(file);
    items.push(item);
    if (file.size > limit) item.show("refused", `Larger than the ${size(limit)} that the hub takes.`);
    else if (file.size === 0) item.show("refused", "The file is empty.");
  }
  find("live").textContent = `${wanted.length} ${wanted.length === 1 ? "file" : "files"} added.`;
  summarise();
  next();
}

async function filesIn(entry) {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader();
  const found = [];
  // A reader gives at most a hundred entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!some.length) return found;
    for (const one of some) found.push(...(await filesIn(one)));
  }
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return add(transfer.files);
  const found = [];
  for (const entry of entries) found.push(...(await filesIn(entry)));
  return add(found);
}

function setUp() {
  for (const name of ["files", "folder"]) {
    const chooser = find(name);
    const taken = () => {
      add(chooser.files);
      chooser.value = "";
    };
    chooser.addEventListener("change", taken);
    taken(); // On a slow line files can be chosen before this is there, and nothing would tell of them later.
  }
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target?.id !== "campaign-fields") return;
    const count = find("campaign-fields").querySelectorAll('[name^="field-"]').length;
    if (count) find("live").textContent = `The campaign has ${count === 1 ? "1 field" : `${count} fields`}.`;
  });
  // What the browser typed again after coming back is a campaign as well.
  addEventListener("pageshow", () => {
    const campaign = find("campaign");
    if (campaign.value.trim() !== find("campaign-fields").dataset.campaignFields) campaign.dispatchEvent(new Event("restored"));
  });
  const zone = find("drop");
  let depth = 0;
  const over = (change) => {
    depth = Math.max(0, depth + change);
    zone.classList.toggle("over", depth > 0);
  };
  // The whole page takes drops, so that a near miss does not open the file in the browser.
  document.addEventListener("dragenter", () => over(1));
  document.addEventListener("dragleave", () => over(-1));
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    over(0);
    dropped(event.dataTransfer);
  });
  find("retry-all").addEventListener("click", () => items.filter((item) => item.state === "failed").forEach((item) => item.retry()));
  addEventListener("beforeunload", (event) => {
    if (items.some((item) => ["waiting", "sending"].includes(item.state))) event.preventDefault();
  });
}

if (page) setUp();
