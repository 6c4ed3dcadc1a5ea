// The editor of captions: keys from cue to cue, and the video with what is typed, before anything is kept.
// It is seen in the small marked pictures of its sheet; heard it is only where somebody asks for the original.

import { call } from "./api.js";

const TIME = /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,3}))?$/;
const KEYS = { ArrowDown: "next", ArrowUp: "previous", KeyS: "split", KeyM: "merge", KeyP: "play" };
const SVG = "http://www.w3.org/2000/svg";

const stage = document.querySelector("[data-cue-preview]");
const rows = [...document.querySelectorAll(".cue-row")];

function seconds(text) {
  const found = TIME.exec((text ?? "").trim());
  if (!found) return null;
  const [hours, minutes, rest] = [found[1] ?? 0, found[2] ?? 0, found[3]].map(Number);
  return hours * 3600 + minutes * 60 + rest + Number((found[4] ?? "0").padEnd(3, "0")) / 1000;
}

function clock(at) {
  const [minutes, rest] = [Math.floor(at / 60), (at % 60).toFixed(1)];
  return `${minutes}:${rest.padStart(4, "0")}`;
}

const field = (row, name) => row.querySelector(`[name="${name}"]`);
const span = (row) => [seconds(field(row, "start")?.value ?? row.dataset.start), seconds(field(row, "end")?.value ?? row.dataset.end)];
const words = (row) => field(row, "text")?.value ?? row.querySelector(".words").textContent;

// The pictures of the sheet, moved by a clock of our own.
async function silent(box) {
  const sheet = await call("GET", `/api/v1/assets/${encodeURIComponent(stage.dataset.cuePreview)}/sheet`);
  if (!sheet.count) return null;
  const lines = Math.ceil(sheet.count / sheet.columns);
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("aria-hidden", "true");
  const image = document.createElementNS(SVG, "image");
  for (const [name, value] of Object.entries({ href: sheet.url, width: sheet.columns * sheet.width, height: lines * sheet.height })) image.setAttribute(name, value);
  picture.append(image);
  box.prepend(picture);
  let [from, since] = [0, null];
  const time = () => Math.min(sheet.duration_s, from + (since === null ? 0 : (performance.now() - since) / 1000));
  return {
    lasts: sheet.duration_s,
    time,
    running: () => since !== null && time() < sheet.duration_s,
    play: (at) => { from = at; since = performance.now(); },
    pause: () => { from = time(); since = null; },
    draw: () => {
      const number = Math.min(sheet.count - 1, Math.floor(time() / sheet.every_s));
      const [x, y] = [(number % sheet.columns) * sheet.width, Math.floor(number / sheet.columns) * sheet.height];
      picture.setAttribute("viewBox", `${x} ${y} ${sheet.width} ${sheet.height}`);
    },
    remove: () => picture.remove(),
  };
}

// The original, with its sound. That is a copy which leaves, so it is only asked for by a button that says so.
function heard(box, address) {
  const video = document.createElement("video");
  video.src = address;
  video.playsInline = true;
  video.setAttribute("aria-hidden", "true");
  box.prepend(video);
  return {
    video,
    time: () => video.currentTime,
    running: () => !video.paused && !video.ended,
    play: (at) => { video.currentTime = at; return video.play(); },
    pause: () => video.pause(),
    draw: () => {},
    remove: () => video.remove(),
  };
}

function setUpPreview() {
  const [box, said, told] = ["stage", "said", "clock"].map((name) => stage.querySelector(`[data-cue-${name}]`));
  const [button, aloud] = [stage.querySelector("[data-cue-play]"), stage.querySelector("[data-cue-aloud]")];
  let [player, until] = [null, Infinity];

  const draw = () => {
    const at = player.time();
    const current = rows.find((row) => { const [start, end] = span(row); return start !== null && end !== null && start <= at && at < end; });
    for (const row of rows) row.classList.toggle("cue-heard", row === current);
    said.textContent = current ? words(current) : "";
    told.textContent = clock(at);
    player.draw();
  };

  const step = () => {
    if (player.running() && player.time() >= until) player.pause();
    const on = player.running();
    draw();
    button.textContent = on ? "Pause" : "Play";
    if (on) requestAnimationFrame(step);
    else { player.pause(); }
  };

  const play = async (at, end = Infinity) => {
    player ??= await silent(box).catch(() => null);
    if (!player) { said.textContent = "The video is still being made ready. Try again in a moment."; return; }
    until = end;
    try {
      await player.play(at);
      requestAnimationFrame(step);
    } catch {
      player.remove();
      player = null;
      aloud.hidden = true;
      said.textContent = "This browser cannot play the original. Its pictures are shown without sound.";
    }
  };

  button.addEventListener("click", () => {
    if (player?.running()) { player.pause(); return; }
    const at = player?.time() ?? 0;
    play(at >= (player?.lasts ?? player?.video?.duration ?? Infinity) - 0.05 ? 0 : at);
  });
  aloud?.addEventListener("click", () => {
    const at = player?.time() ?? 0;
    player?.remove();
    player = heard(box, aloud.dataset.cueAloud);
    aloud.hidden = true;
    play(at);
  });
  return (row) => {
    const [start, end] = span(row);
    if (start !== null && end !== null && end > start) play(start, end);
  };
}

const playRow = stage ? setUpPreview() : () => {};

function does(row, deed) {
  const number = rows.indexOf(row);
  if (deed === "play") playRow(row);
  else if (deed === "next" || deed === "previous") {
    const other = rows[number + (deed === "next" ? 1 : -1)];
    field(other ?? row, "text")?.focus();
  } else row.querySelector(`[name=do][value^="${deed}:"]`)?.click();
}

document.addEventListener("keydown", (event) => {
  const deed = event.altKey && !event.ctrlKey && !event.metaKey && KEYS[event.code];
  const row = event.target.closest?.(".cue-row");
  if (!deed || !row) return;
  event.preventDefault();
  does(row, deed);
});
for (const row of rows) row.querySelector("[data-cue-row-play]")?.addEventListener("click", () => playRow(row));

// After a split or a merge the page is loaded again: who used the keys goes on where it was done. A browser that goes to
// the place that an address names takes the focus away, so it is set once that is over.
const place = location.hash.startsWith("#cue-") && document.getElementById(location.hash.slice(1));
const goOn = () => requestAnimationFrame(() => requestAnimationFrame(() => field(place, "text")?.focus()));
if (place && document.readyState === "complete") goOn();
else if (place) addEventListener("load", goOn, { once: true });
