// Editing everything that is selected in the library, or everything that the filters find.

import { selection, selectAll } from "./library.js";

const dialog = document.querySelector("#edit-dialog");
const bar = document.querySelector("[data-select-bar]");
const all = bar?.querySelector("[data-select-all]");
const number = (count) => count.toLocaleString("en");

function hidden(name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  return field;
}

all?.addEventListener("click", () => selectAll(Number(all.dataset.selectAll)));

bar?.querySelector("[data-edit-open]")?.addEventListener("click", () => {
  const { ids, everything, count } = selection();
  const filters = JSON.parse(bar.dataset.given);
  const fields = everything
    ? [hidden("all", "1"), ...Object.entries(filters).map(([name, value]) => hidden(`q-${name}`, value))]
    : ids.map((id) => hidden("asset", id));
  dialog.querySelector("[data-edit-assets]").replaceChildren(...fields);
  const words = count === 1 ? "1 asset" : `${number(count)} assets`;
  dialog.querySelector("[data-edit-words]").textContent = `What you leave empty stays as it is. All of it can be undone.`;
  dialog.querySelector("#edit-title").textContent = `Edit ${words}`;
  dialog.querySelector("[data-edit-count]").textContent = words;
  dialog.showModal();
  dialog.querySelector("#add-tags").focus();
});

// Whoever types a value means it.
dialog?.addEventListener("input", (event) => {
  const box = dialog.querySelector(`[data-edit-set="${event.target.name}"]`);
  if (box && event.target.value) box.checked = true;
});

dialog?.querySelector("form").addEventListener("submit", (event) => {
  for (const button of event.target.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  event.submitter?.prepend(Object.assign(document.createElement("span"), { className: "spinner" }));
});
