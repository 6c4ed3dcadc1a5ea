// Editing everything that is selected in the library, or everything that the filters find.

import { selection, selectionFields } from "./library.js";
import "./working.js";

const dialog = document.querySelector("#edit-dialog");
const bar = document.querySelector("[data-select-bar]");
const number = (count) => count.toLocaleString("en");

bar?.querySelector("[data-edit-open]")?.addEventListener("click", () => {
  const { count } = selection();
  dialog.querySelector("[data-edit-assets]").replaceChildren(...selectionFields());
  const words = count === 1 ? "1 asset" : `${number(count)} assets`;
  dialog.querySelector("[data-edit-words]").textContent = `What you leave empty stays as it is. All of it can be undone.`;
  dialog.querySelector("#edit-title").textContent = `Edit ${words}`;
  dialog.querySelector("[data-edit-count]").textContent = words;
  dialog.querySelector("form").dataset.working = `${words} ${count === 1 ? "is" : "are"} being changed.`;
  dialog.showModal();
  dialog.querySelector("#add-tags").focus();
});

// Whoever types a value means it.
dialog?.addEventListener("input", (event) => {
  const box = dialog.querySelector(`[data-edit-set="${event.target.name}"]`);
  if (box && event.target.value) box.checked = true;
});
