// The focal point: dragged with a pointer or moved with the arrow keys, saved when it comes to rest.

const STEP = 0.01;
const BIG_STEP = 0.1;
const REST_MS = 500;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const within = (value) => Math.min(1, Math.max(0, value));
const percent = (value) => Math.round(value * 100);

export function setUpFocal(page, { save, moved, failed }) {
  const handle = page.querySelector("[data-focal]");
  if (!handle) return;
  const stage = page.querySelector("[data-stage]");
  const live = page.querySelector("[data-live]");
  const reset = page.querySelector("[data-focal-reset]");
  const point = { x: Number(handle.dataset.x), y: Number(handle.dataset.y) };
  let timer = 0;
  let before = null;

  const place = () => {
    handle.style.left = `${point.x * 100}%`;
    handle.style.top = `${point.y * 100}%`;
    handle.dataset.x = point.x;
    handle.dataset.y = point.y;
    const words = `Focal point, ${percent(point.x)} % from the left, ${percent(point.y)} % from the top`;
    handle.querySelector("[data-focal-words]").textContent = words;
  };

  const keep = async (value) => {
    clearTimeout(timer);
    timer = 0;
    try {
      const asset = await save(value);
      Object.assign(point, asset.focal_point);
      place();
      reset.hidden = !asset.focal_point_by_hand;
      live.textContent = `Saved. ${handle.textContent.trim()}.`;
      moved(point);
    } catch (problem) {
      failed(problem);
    }
  };

  const moveTo = (x, y) => {
    point.x = Math.round(within(x) * 10000) / 10000;
    point.y = Math.round(within(y) * 10000) / 10000;
    place();
    moved(point);
  };

  const fromPointer = (event) => {
    const box = stage.getBoundingClientRect();
    moveTo((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    // A finger on the picture scrolls the page; only on the handle it drags.
    if (event.pointerType === "touch" && !handle.contains(event.target)) return;
    before = { ...point };
    event.preventDefault();
    handle.focus({ preventScroll: true });
    stage.setPointerCapture(event.pointerId);
    fromPointer(event);
  });
  stage.addEventListener("pointermove", (event) => stage.hasPointerCapture(event.pointerId) && fromPointer(event));
  stage.addEventListener("pointerup", (event) => {
    if (stage.hasPointerCapture(event.pointerId)) keep({ ...point });
    before = null;
  });
  // The system took the pointer away: nothing was chosen.
  stage.addEventListener("pointercancel", () => {
    if (before) moveTo(before.x, before.y);
    before = null;
  });

  handle.addEventListener("keydown", (event) => {
    const direction = KEYS[event.key];
    if (!direction) return;
    event.preventDefault();
    const step = event.shiftKey ? BIG_STEP : STEP;
    moveTo(point.x + direction[0] * step, point.y + direction[1] * step);
    clearTimeout(timer);
    timer = setTimeout(() => keep({ ...point }), REST_MS);
  });
  handle.addEventListener("blur", () => timer && keep({ ...point }));
  reset.addEventListener("click", () => keep(null));
  place();
}
