// Tags as chips with suggestions while typing; without scripts they are words between commas.

const same = (text) => text.trim().toLowerCase();

async function fill(list, address, text) {
  if (!text.trim()) return list.replaceChildren();
  const answer = await fetch(`${address}?${new URLSearchParams({ text })}`);
  if (!answer.ok) return;
  const { items } = await answer.json();
  list.replaceChildren(...items.map((name) => new Option(name, name)));
}

function suggest(field, address) {
  let waits;
  field.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(() => fill(field.list, address, field.value), 120);
  });
}

function chips(box) {
  const kept = box.querySelector("input");
  let names = kept.value.split(",").map((name) => name.trim()).filter(Boolean);
  const list = document.createElement("ul");
  list.className = "tag-chips";
  list.setAttribute("aria-label", "Chosen tags");
  const field = document.createElement("input");
  field.type = "text";
  field.maxLength = 60;
  field.autocomplete = "off";
  field.id = kept.id;
  const options = document.createElement("datalist");
  options.id = `${kept.id}-options`;
  field.setAttribute("list", options.id);
  kept.removeAttribute("id");
  kept.type = "hidden";
  box.querySelector("[data-tags-hint]").textContent = "press Enter after each";

  function show() {
    kept.value = names.join(", ");
    list.hidden = names.length === 0;
    list.replaceChildren(
      ...names.map((name) => {
        const item = document.createElement("li");
        item.className = "chip words";
        const away = document.createElement("button");
        away.type = "button";
        away.className = "chip-away";
        away.textContent = "×";
        away.setAttribute("aria-label", `Take ${name} away`);
        away.addEventListener("click", () => {
          names = names.filter((one) => one !== name);
          show();
          field.focus();
        });
        item.append(name, away);
        return item;
      }),
    );
  }

  function add() {
    for (const name of field.value.split(",").map((one) => one.trim().replace(/^#/, "")).filter(Boolean)) {
      if (!names.some((one) => same(one) === same(name))) names.push(name);
    }
    field.value = "";
    show();
  }

  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && field.value.trim()) {
      event.preventDefault();
      add();
    } else if (event.key === "Backspace" && !field.value && names.length) {
      names.pop();
      show();
    }
  });
  field.addEventListener("input", (event) => {
    // A choice from the list, or a comma, ends a tag.
    const chosen = event.inputType === "insertReplacementText" || !event.inputType;
    if (field.value.includes(",") || chosen) add();
  });
  field.addEventListener("change", add);
  // What was typed and not ended counts as well.
  kept.form?.addEventListener("submit", add, true);
  box.append(list, field, options);
  suggest(field, box.dataset.tags);
  show();
}

for (const box of document.querySelectorAll("[data-tags]")) chips(box);
for (const field of document.querySelectorAll("[data-suggest]")) suggest(field, field.dataset.suggest);
