// Putting what is selected into a collection, taking it out, and arranging one; without scripts its forms do the latter.

import { csrf } from "./api.js";
import { selection, selectionFields } from "./library.js";
import "./working.js";

const bar = document.querySelector("[data-select-bar]");
const dialog = document.querySelector("#collect-dialog");
const field = dialog?.querySelector("[data-collect-name]");
const live = document.querySelector("[data-live]");
const words = (count) => `${count.toLocaleString("en")} ${count === 1 ? "asset" : "assets"}`;

// Names of collections are offered while one types; one that is not among them makes a new collection.

let waits;
let known = [];

function label() {
  const typed = field.value.trim().toLowerCase();
  const there = !typed || known.some((name) => name.toLowerCase() === typed);
  dialog.querySelector("[data-collect-button]").textContent = there ? "Add" : "Make it and add";
}

async function offer() {
  const answer = await fetch(`${field.dataset.collectName}?${new URLSearchParams({ text: field.value })}`);
  if (!answer.ok) return;
  known = (await answer.json()).items;
  field.list.replaceChildren(...known.map((name) => new Option(name, name)));
  label();
}

field?.addEventListener("input", () => {
  clearTimeout(waits);
  waits = setTimeout(offer, 120);
});

bar?.querySelector("[data-collect-open]")?.addEventListener("click", () => {
  const { count } = selection();
  dialog.querySelector("[data-collect-assets]").replaceChildren(...selectionFields());
  dialog.querySelector("form").dataset.working = `${words(count)} ${count === 1 ? "is" : "are"} being added.`;
  dialog.querySelector("[data-collect-words]").textContent = `${words(count)}, put at the end of it.`;
  dialog.showModal();
  field.focus();
  offer();
});

document.querySelector("[data-take-out]")?.addEventListener("submit", (event) => {
  event.target.querySelector("[data-take-out-assets]").replaceChildren(...selectionFields());
});

// A pack of the whole collection is made where nothing is selected.

const packWords = document.querySelector("[data-pack-words]");
const ofAll = packWords?.textContent;

document.querySelector("[data-pack-all]")?.addEventListener("click", () => {
  document.querySelector("[data-pack-assets]").replaceChildren();
  packWords.textContent = ofAll;
});

// Arranging: the tile goes to its place at once, and the focus stays on the button, so that it can be pressed again.

const isTile = (item) => item?.matches(".tile");

function moved(tile, act) {
  const list = tile.parentElement;
  const [before, after] = [tile.previousElementSibling, tile.nextElementSibling];
  if (act === "first" && !new URLSearchParams(location.search).has("cursor")) list.prepend(tile);
  else if (act === "earlier" && isTile(before)) before.before(tile);
  else if (act === "later" && isTile(after)) after.after(tile);
  else if (act === "last" && !list.querySelector(".tiles-more")) list.append(tile);
  else return location.reload(); // its place is not on the page
  const place = [...list.querySelectorAll(".tile")].indexOf(tile) + 1;
  live.textContent = new URLSearchParams(location.search).has("cursor") ? "Moved" : `Moved to place ${place}`;
}

function takenOut(tile) {
  const next = [tile.nextElementSibling, tile.previousElementSibling].find(isTile);
  const count = document.querySelector("[data-collection-count]");
  const left = Number(count.dataset.collectionCount) - 1;
  count.dataset.collectionCount = left;
  count.textContent = words(left);
  tile.remove();
  live.textContent = `Taken out. ${words(left)} left`;
  next?.querySelector('[value="out"]').focus();
  if (!next) location.reload();
}

function covered(tile) {
  for (const button of document.querySelectorAll('[data-place] [value="cover"]')) {
    button.setAttribute("aria-pressed", String(tile.contains(button)));
  }
  live.textContent = "This is the cover";
}

let busy = Promise.resolve(); // one after the other, as they were pressed

async function place(form, button) {
  const body = new FormData(form, button);
  const headers = { "X-CSRF-Token": csrf, "HX-Request": "true" };
  const answer = await fetch(form.action, { method: "POST", body, headers }).catch(() => null);
  if (!answer?.ok) return location.reload(); // somebody else changed it meanwhile
  const tile = form.closest(".tile");
  if (button.value === "cover") covered(tile);
  else if (button.value === "out") takenOut(tile);
  else moved(tile, button.value);
  if (button.isConnected) button.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-place]")) return;
  event.preventDefault();
  const button = event.submitter;
  busy = busy.then(() => place(form, button));
});
