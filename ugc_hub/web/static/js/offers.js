// Offers how a query may go on: a list below the field, by arrow keys or touch; what is chosen replaces what was typed.

const field = document.querySelector("[data-offers]");
const list = document.createElement("ul");
let waits = 0;
let asked = 0;
let active = -1;

function close() {
  active = -1;
  list.hidden = true;
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function mark(place) {
  const items = [...list.children];
  active = (place + items.length) % items.length;
  for (const [number, item] of items.entries()) item.setAttribute("aria-selected", String(number === active));
  field.setAttribute("aria-activedescendant", items[active].id);
  items[active].scrollIntoView({ block: "nearest" });
}

function choose(item) {
  clearTimeout(waits);
  field.value = item.dataset.query;
  close();
  field.focus();
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function shown(offer, number) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  words.textContent = `${offer.synonym ? `${offer.synonym} → ` : ""}${offer.field}:${offer.value}`;
  const more = document.createElement("span");
  more.className = "offer-more";
  more.textContent = offer.title || (offer.count === null ? "field" : offer.count);
  item.append(words, more);
  item.id = `offer-${number}`;
  item.role = "option";
  item.dataset.query = offer.query;
  item.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the keyboard
    choose(item);
  });
  return item;
}

async function offer() {
  const mine = ++asked;
  const answer = await fetch(`${field.dataset.offers}?${new URLSearchParams({ q: field.value })}`);
  if (!answer.ok || mine !== asked || document.activeElement !== field) return;
  const { items } = await answer.json();
  list.replaceChildren(...items.map(shown));
  active = -1;
  list.hidden = items.length === 0;
  field.setAttribute("aria-expanded", String(items.length > 0));
}

function key(event) {
  if (list.hidden || event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
  } else if (event.key === "Enter" && active >= 0) {
    event.preventDefault();
    event.stopImmediatePropagation();
    choose(list.children[active]);
  } else if (event.key === "Escape" || event.key === "Enter") close();
}

if (field) {
  list.id = "finder-offers";
  list.className = "offers";
  list.role = "listbox";
  list.setAttribute("aria-label", "How the search may go on");
  for (const [name, value] of [["role", "combobox"], ["aria-controls", list.id], ["aria-autocomplete", "list"]]) {
    field.setAttribute(name, value);
  }
  field.closest("form").append(list);
  close();
  field.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(offer, 120);
  });
  field.addEventListener("keydown", key, true);
  field.addEventListener("blur", close);
}
