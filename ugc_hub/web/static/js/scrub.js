// Looking through a video without playing it: the pictures of its sheet follow the pointer, or the arrow keys.
// Nothing moves by itself. Whoever asked for less motion scrubs with the keys alone.

import { call } from "./api.js";

const SVG = "http://www.w3.org/2000/svg";
const KEYS = { ArrowLeft: -1, ArrowRight: 1 };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function words(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

async function load(frame) {
  const sheet = await call("GET", `/api/v1/assets/${encodeURIComponent(frame.dataset.scrub)}/sheet`);
  if (!sheet.count) return null;
  const rows = Math.ceil(sheet.count / sheet.columns);
  const fills = frame.dataset.scrubFit === "slice";
  const picture = element("svg", { class: "scrub", "aria-hidden": "true", preserveAspectRatio: fills ? "xMidYMid slice" : "none" });
  const size = { width: sheet.columns * sheet.width, height: rows * sheet.height };
  picture.append(element("image", { href: sheet.url, ...size, preserveAspectRatio: "none" }));
  const line = document.createElement("span");
  line.className = "scrub-line";
  frame.append(picture, line);
  return { sheet, picture, line, at: 0 };
}

function show(frame, scrub, number, aloud = false) {
  const { sheet } = scrub;
  scrub.at = Math.min(sheet.count - 1, Math.max(0, number));
  const [x, y] = [(scrub.at % sheet.columns) * sheet.width, Math.floor(scrub.at / sheet.columns) * sheet.height];
  scrub.picture.setAttribute("viewBox", `${x} ${y} ${sheet.width} ${sheet.height}`);
  scrub.line.style.width = `${((scrub.at + 1) / sheet.count) * 100}%`;
  frame.classList.add("scrubbing");
  const live = aloud && document.querySelector("[data-live]");
  if (live) live.textContent = `${words(scrub.at * sheet.every_s)} of ${words(sheet.duration_s)}`;
}

// Asked for once, when somebody begins to look; a video that is not ready yet is asked for again the next time.
const known = new WeakMap();

function scrubOf(frame) {
  if (!known.has(frame)) {
    const asked = load(frame).catch(() => null);
    known.set(frame, asked);
    asked.then((found) => found ?? known.delete(frame));
  }
  return known.get(frame);
}

function rest(frame) {
  frame.dataset.scrubLeft = "yes";
  frame.classList.remove("scrubbing");
}

document.addEventListener("pointermove", async (event) => {
  const frame = event.pointerType === "mouse" && !calm.matches && event.target.closest?.("[data-scrub]");
  if (!frame) return;
  delete frame.dataset.scrubLeft;
  const scrub = await scrubOf(frame);
  if (!scrub || frame.dataset.scrubLeft) return;
  const box = frame.getBoundingClientRect();
  show(frame, scrub, Math.floor(((event.clientX - box.left) / box.width) * scrub.sheet.count));
});

document.addEventListener("pointerout", (event) => {
  const frame = event.target.closest?.("[data-scrub]");
  if (frame && !frame.contains(event.relatedTarget)) rest(frame);
});

document.addEventListener("keydown", async (event) => {
  const step = KEYS[event.key];
  const focused = event.target.closest?.("[data-scrub], .tile-link");
  const frame = focused?.matches("[data-scrub]") ? focused : focused?.querySelector("[data-scrub]");
  if (!step || !frame || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const begun = frame.classList.contains("scrubbing");
  delete frame.dataset.scrubLeft;
  const scrub = await scrubOf(frame);
  if (!scrub) return;
  show(frame, scrub, begun ? scrub.at + step * (event.shiftKey ? 10 : 1) : scrub.at, true);
});

document.addEventListener("focusout", (event) => {
  const left = event.target.closest?.("[data-scrub], .tile-link");
  const frame = left?.matches("[data-scrub]") ? left : left?.querySelector("[data-scrub]");
  if (frame) rest(frame);
});
