// Selecting pictures of the library and making a pack of them.

import { csrf } from "./api.js";

const chosen = new Set();
let everything = 0; // how many the filters find, where all of them are meant
const bar = document.querySelector("[data-select-bar]");
const results = () => document.querySelector("#results");
const live = document.querySelector("[data-live]");
const number = (count) => count.toLocaleString("en");
const words = (count) => `${number(count)} ${count === 1 ? "asset" : "assets"} selected`;
let last = null;

function show() {
  if (!bar) return;
  const count = everything || chosen.size;
  const [most, mostPacked] = [Number(bar.dataset.most ?? 0), Number(bar.dataset.mostPacked ?? 0)];
  const total = Number(results().dataset.selectable ?? 0);
  bar.hidden = count === 0;
  document.querySelector("[data-tiles]")?.classList.toggle("selecting", count > 0);
  bar.querySelector("[data-select-count]").textContent = `${everything ? "All " : ""}${number(count)} selected`;
  const all = bar.querySelector("[data-select-all]");
  if (all) {
    all.hidden = everything > 0 || total <= chosen.size || total > most;
    all.textContent = `Select all ${number(total)}`;
    const tooMany = bar.querySelector("[data-select-most]");
    tooMany.hidden = total <= most;
    tooMany.textContent = `of ${number(total)}, at most ${number(most)} at once`;
  }
  // A pack is made of so many assets, and a grant of single ones.
  for (const button of bar.querySelectorAll("[data-pack-open]")) button.hidden = everything > mostPacked;
  for (const button of bar.querySelectorAll("[data-rights-open]")) button.hidden = everything > 0;
  live.textContent = count ? words(count) : "Nothing selected";
}

function tickAll() {
  for (const box of results().querySelectorAll("[data-select]")) box.checked = true;
}

export function selection() {
  return { ids: [...chosen], everything: everything > 0, count: everything || chosen.size };
}

function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}

// What a form sends: the ids, or everything that the question of the page finds when it is sent.
export function selectionFields() {
  if (!everything) return [...chosen].map((id) => hidden("asset", id));
  const given = Object.entries(JSON.parse(results().dataset.given));
  return [hidden("all", "1"), ...given.flatMap(([name, values]) => [values].flat().map((value) => hidden(`q-${name}`, value)))];
}

bar?.querySelector("[data-select-all]")?.addEventListener("click", () => {
  everything = Number(results().dataset.selectable);
  tickAll();
  show();
});

function set(box, on) {
  box.checked = on;
  if (on) chosen.add(box.value);
  else chosen.delete(box.value);
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-select]");
  if (!box) return;
  if (everything) {
    // Taking one out of all means those that are on the page.
    everything = 0;
    for (const one of results().querySelectorAll("[data-select]")) set(one, one.checked);
  }
  const boxes = [...results().querySelectorAll("[data-select]")];
  // With Shift, everything between the last click and this one.
  if (event.shiftKey && last && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const between of boxes.slice(from, to + 1)) set(between, box.checked);
  }
  set(box, box.checked);
  last = box;
  show();
});

bar?.querySelector("[data-select-clear]").addEventListener("click", () => {
  for (const box of results().querySelectorAll("[data-select]")) set(box, false);
  chosen.clear();
  everything = 0;
  show();
});

bar?.querySelector("[data-pack-open]")?.addEventListener("click", () => {
  const dialog = document.querySelector("#pack-dialog");
  dialog.querySelector("[data-pack-assets]").replaceChildren(...selectionFields());
  dialog.querySelector("[data-pack-words]").textContent =
    `${words(selection().count)}. Each is made in every format you choose; what does not fit is listed with the reason.`;
  dialog.showModal();
  dialog.querySelector('[name="name"]').focus();
});

bar?.querySelector("[data-rights-open]")?.addEventListener("click", (event) => {
  const query = new URLSearchParams([...chosen].map((id) => ["asset", id]));
  location.assign(`${event.currentTarget.dataset.rightsOpen}?${query}`);
});

document.querySelector("[data-pack-form]")?.addEventListener("submit", (event) => {
  const form = event.target;
  const some = form.querySelector('[name="kit"]:checked, [name="preset"]:checked');
  const first = form.querySelector('[name="kit"]');
  first?.setCustomValidity(some ? "" : "Choose at least one kit or preset.");
  if (!some) {
    event.preventDefault();
    first.reportValidity();
    first.setCustomValidity("");
  }
});

// The search answers as one types, and at once to every choice; without scripts its button does.
const finder = document.querySelector("[data-finder]");
const find = finder?.querySelector("[data-find]");
const opened = new Map();
let waiting = 0;

function ask(typing) {
  clearTimeout(waiting);
  let mark = finder.querySelector("[name=typing]");
  if (typing && !mark) {
    mark = Object.assign(document.createElement("input"), { type: "hidden", name: "typing", value: "1" });
    finder.append(mark);
  } else if (!typing) mark?.remove();
  finder.requestSubmit();
}

// Filters are closed where there is no room for them, and stay as somebody left them.
function unfold() {
  const wide = matchMedia("(min-width: 60rem)").matches;
  for (const [place, facet] of [...document.querySelectorAll("[data-facet]")].entries()) {
    facet.open = opened.get(facet.dataset.facet) ?? (wide && (facet.open || place < 5));
    facet.querySelector("summary").addEventListener("click", () => opened.set(facet.dataset.facet, !facet.open));
  }
}

finder?.querySelector("[data-find-button]").classList.add("unseen");
find?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => ask(true), 220);
});
find?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  ask(false);
});
// What was typed without Enter is kept among the last searches too, as soon as somebody turns to what it found.
find?.addEventListener("change", () => {
  if (!find.value.trim()) return;
  const headers = { "X-CSRF-Token": csrf };
  void fetch(finder.dataset.remember, { method: "POST", headers, body: new FormData(finder), keepalive: true }).catch(() => {});
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-choose]")) ask(finder.querySelector("[name=typing]") !== null);
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  event.preventDefault();
  find?.focus();
  find?.select();
});
document.body.addEventListener("htmx:afterSwap", (event) => {
  if (everything && event.detail.target?.id !== "results") tickAll(); // more of the wall
  if (event.detail.target?.id !== "results") return;
  // "All" was meant of what was listed before.
  everything = 0;
  unfold();
  for (const box of results().querySelectorAll("[data-select]")) box.checked = chosen.has(box.value);
  show();
  // A colour becomes a part of the query; what somebody is typing meanwhile stays.
  if (find && event.detail.requestConfig?.elt !== finder) find.value = results().dataset.q;
  const count = results().dataset.count;
  live.textContent = count === "" ? "" : `${count} ${count === "1" ? "asset" : "assets"} found`;
});
document.body.addEventListener("htmx:historyRestore", unfold);

// The picker of the system and the field for #rrggbb say the same colour.
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("[data-near]");
  if (!form) return;
  const [pick, hex] = ["[data-near-pick]", "[data-near-hex]"].map((name) => form.querySelector(name));
  if (event.target === pick) hex.value = pick.value;
  else if (event.target === hex && hex.validity.valid) pick.value = hex.value;
  form.querySelector("[data-near-said]").textContent = form.querySelector("[data-near-far]").value;
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-near-pick], [data-near-far]")) event.target.form.requestSubmit();
});
unfold();
if (bar) bar.hidden = true;
