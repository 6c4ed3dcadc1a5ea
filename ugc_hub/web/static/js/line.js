// The time line of a storyboard: beginning and end of the part, by pointer, by keys to the picture, or typed.

const number = (field) => {
  const value = Number.parseFloat(field.value.replace(",", "."));
  return Number.isFinite(value) ? value : null;
};
const shown = (seconds) => String(Math.round(seconds * 1000) / 1000);
const words = (seconds) => `${seconds.toFixed(2)} seconds`;

export function setUpLine(form, clip, { plan, shown: planned }) {
  const box = form.querySelector("[data-line]");
  const [start, seconds] = [form.querySelector("[data-start]"), form.querySelector("[data-seconds]")];
  const handles = { start: box.querySelector("[data-handle=start]"), end: box.querySelector("[data-handle=end]") };
  const part = box.querySelector("[data-line-part]");
  const picture = clip.rate[1] / clip.rate[0];
  const toPicture = (at) => Math.round(at / picture) * picture;
  const within = (at) => Math.min(clip.lasts, Math.max(0, at));
  const lengths = [...form.querySelectorAll("[data-length]")];
  let current = { start: 0, end: clip.lasts };

  // What is typed counts; what is left open is what the server chose for the first version.
  const read = () => {
    const found = planned();
    const from = number(start) ?? found?.start ?? 0;
    const lasts = number(seconds) ?? (number(start) === null ? found?.seconds : null) ?? clip.lasts - from;
    return { start: within(from), end: within(from + lasts) };
  };

  const draw = () => {
    const [left, right] = [(current.start / clip.lasts) * 100, (current.end / clip.lasts) * 100];
    handles.start.style.left = `${left}%`;
    handles.end.style.left = `${right}%`;
    part.style.left = `${left}%`;
    part.style.width = `${right - left}%`;
    box.querySelector("[data-before]").setAttribute("width", `${left}%`);
    const after = box.querySelector("[data-after]");
    after.setAttribute("x", `${right}%`);
    after.setAttribute("width", `${100 - right}%`);
    for (const [name, handle] of Object.entries(handles)) {
      handle.setAttribute("aria-valuenow", shown(current[name]));
      handle.setAttribute("aria-valuetext", words(current[name]));
    }
    for (const one of lengths) one.setAttribute("aria-pressed", String(one.dataset.length === seconds.value.trim()));
  };

  const write = () => {
    start.value = shown(current.start);
    seconds.value = shown(current.end - current.start);
    draw();
  };

  const move = (name, at) => {
    const whole = toPicture(within(at));
    if (name === "start") current.start = Math.min(whole, current.end - picture);
    if (name === "end") current.end = Math.max(whole, current.start + picture);
    if (name === "both") {
      const lasts = current.end - current.start;
      current.start = Math.min(whole, toPicture(clip.lasts - lasts));
      current.end = current.start + lasts;
    }
    write();
  };

  const drag = (element, name) => {
    let grip = 0;
    const at = (event) => {
      const sides = box.getBoundingClientRect();
      return ((event.clientX - sides.left) / sides.width) * clip.lasts;
    };
    element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      element.focus?.({ preventScroll: true });
      element.setPointerCapture(event.pointerId);
      grip = at(event) - current[name === "end" ? "end" : "start"];
    });
    element.addEventListener("pointermove", (event) => element.hasPointerCapture(event.pointerId) && move(name, at(event) - grip));
    element.addEventListener("pointerup", (event) => element.hasPointerCapture(event.pointerId) && plan());
  };

  for (const [name, handle] of Object.entries(handles)) {
    drag(handle, name);
    handle.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 1 : picture;
      const places = { ArrowLeft: current[name] - step, ArrowRight: current[name] + step, Home: 0, End: clip.lasts };
      if (!(event.key in places)) return;
      event.preventDefault();
      move(name, places[event.key]);
      plan();
    });
  }
  drag(part, "both");

  const choose = (from, lasts) => {
    start.value = from;
    seconds.value = lasts;
    current = read();
    draw();
    plan();
  };
  for (const one of lengths) {
    one.addEventListener("click", () => {
      const best = form.querySelector(`[data-best][data-part-seconds="${one.dataset.length}"]`);
      choose(best?.dataset.part ?? "", one.dataset.length);
    });
  }
  for (const one of form.querySelectorAll("[data-part]")) {
    one.addEventListener("click", (event) => {
      event.preventDefault();
      choose(one.dataset.part, one.dataset.partSeconds);
    });
  }
  const again = () => {
    current = read();
    draw();
  };
  for (const field of [start, seconds]) {
    field.addEventListener("input", again);
    // Enter plans; it must not make files.
    field.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), plan()));
  }
  document.addEventListener("htmx:afterSwap", (event) => event.target.id === "versions" && again());
  again();
}
