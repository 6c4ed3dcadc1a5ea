// Selecting pictures of the library and making a pack of them.

const chosen = new Set();
const bar = document.querySelector("[data-select-bar]");
const tiles = document.querySelector("[data-tiles]");
const live = document.querySelector("[data-live]");
const words = (count) => `${count} ${count === 1 ? "asset" : "assets"} selected`;
let last = null;

function show() {
  if (!bar) return;
  bar.hidden = chosen.size === 0;
  tiles?.classList.toggle("selecting", chosen.size > 0);
  bar.querySelector("[data-select-count]").textContent = `${chosen.size} selected`;
  live.textContent = chosen.size ? words(chosen.size) : "Nothing selected";
}

function set(box, on) {
  box.checked = on;
  if (on) chosen.add(box.value);
  else chosen.delete(box.value);
}

tiles?.addEventListener("click", (event) => {
  const box = event.target.closest("[data-select]");
  if (!box) return;
  const boxes = [...tiles.querySelectorAll("[data-select]")];
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
  for (const box of tiles.querySelectorAll("[data-select]")) set(box, false);
  chosen.clear();
  show();
});

bar?.querySelector("[data-pack-open]").addEventListener("click", () => {
  const dialog = document.querySelector("#pack-dialog");
  const fields = [...chosen].map((id) => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "asset";
    field.value = id;
    return field;
  });
  dialog.querySelector("[data-pack-assets]").replaceChildren(...fields);
  dialog.querySelector("[data-pack-words]").textContent =
    `${words(chosen.size)}. Each is made in every format you choose; what does not fit is listed with the reason.`;
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

// Choosing from a list filters at once; without scripts the button does.
const filters = document.querySelector("[data-filters]");
filters?.querySelector("[data-filter-button]").remove();
filters?.addEventListener("change", (event) => event.target.tagName === "SELECT" && filters.requestSubmit());
show();
live && (live.textContent = "");
