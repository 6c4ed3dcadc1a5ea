// The picker of presets: search, channels, kits, what each preset would make, and how many are chosen.

import { narrow } from "./parts.js";

const MARKS = { ready: ["check", "fits"], warned: ["warning", "with a warning"], refused: ["cross", "refused"] };

function setMark(row, outcome) {
  const [icon, words] = MARKS[outcome];
  const use = row.querySelector("[data-mark] use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${icon}`));
  row.querySelector("[data-mark] .unseen").textContent = words;
}

export function setUpPicker(page, { plan, show }) {
  const picker = page.querySelector("[data-picker]");
  if (!picker) return null;
  const form = picker.querySelector("[data-picker-form]");
  const rows = [...picker.querySelectorAll("[data-preset]")];
  const boxes = rows.map((row) => row.querySelector("input"));
  const list = picker.querySelector("#picker-list");
  const search = picker.querySelector("[data-narrow]");
  let current = null;
  let asked = 0;

  const choice = () => {
    const data = new FormData(form);
    const chosen = {};
    if (data.get("fit")) chosen.fit = data.get("fit");
    if (data.get("fit") === "contain") chosen.backdrop = { kind: data.get("backdrop"), colour: data.get("colour") };
    if (data.get("upscale")) chosen.upscale = true;
    return chosen;
  };

  const preview = async (row, point = null) => {
    current = row;
    asked += 1;
    const mine = asked;
    try {
      const answer = await plan([row.dataset.preset], { ...choice(), ...(point ? { focal_point: point } : {}) });
      // Only the newest answer is drawn, so that a slow one cannot overtake it.
      if (mine === asked) show(answer.items[0], row.querySelector(".preset-title").textContent);
    } catch {
      if (mine === asked) show(null);
    }
  };

  const count = () => {
    const chosen = boxes.filter((box) => box.checked && !box.disabled).length;
    form.querySelector("[data-chosen]").textContent = chosen ? `${chosen} ${chosen === 1 ? "preset" : "presets"} chosen` : "Nothing chosen";
    form.querySelector("[data-render]").textContent = chosen ? `Render ${chosen}` : "Render";
    form.querySelector("[data-render]").disabled = chosen === 0;
    for (const kit of form.querySelectorAll("[data-kit]")) {
      const own = kitBoxes(kit);
      kit.disabled = own.length === 0;
      kit.setAttribute("aria-pressed", String(own.length > 0 && own.every((box) => box.checked)));
    }
  };

  const kitBoxes = (kit) => {
    const ids = kit.dataset.kit.split(" ");
    return boxes.filter((box) => ids.includes(box.value) && !box.disabled);
  };

  const judgeAll = async () => {
    const answer = await plan(rows.map((row) => row.dataset.preset), choice());
    const framings = new Map(answer.items.map((framing) => [framing.preset_id, framing]));
    for (const row of rows) {
      const framing = framings.get(row.dataset.preset);
      row.classList.remove("ready", "warned", "refused");
      row.classList.add(framing.outcome);
      row.querySelector("input").disabled = framing.outcome === "refused";
      const said = framing.reasons.filter((reason) => reason.severity !== "advice");
      row.querySelector("[data-why]").textContent = said.map((reason) => reason.sentence).join(" ");
      setMark(row, framing.outcome);
    }
    count();
    if (current) preview(current);
  };

  for (const row of rows) {
    row.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && preview(row));
    row.addEventListener("focusin", () => preview(row));
    row.addEventListener("click", () => preview(row));
  }
  const filter = () => {
    const channel = form.querySelector("[data-channel]:checked").value;
    narrow(list, search.value, (item) => !channel || item.closest("[data-group-channel]").dataset.groupChannel === channel);
  };
  search.addEventListener("input", filter);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-channel]")) filter();
    if (event.target.matches("[data-option]")) {
      const contained = form.querySelector('[name="fit"]').value === "contain";
      for (const field of form.querySelectorAll("[data-backdrop]")) field.hidden = !contained;
      judgeAll().catch(() => {});
    }
    count();
  });
  for (const kit of form.querySelectorAll("[data-kit]")) {
    kit.addEventListener("click", () => {
      const on = kit.getAttribute("aria-pressed") !== "true";
      for (const box of kitBoxes(kit)) box.checked = on;
      count();
    });
  }
  form.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.successful) return;
    for (const box of boxes) box.checked = false;
    count();
    document.querySelector("#renditions").scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
  count();
  return { refresh: (point) => current && preview(current, point) };
}
