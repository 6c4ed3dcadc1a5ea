// The versions of a storyboard: any moment of each, drawn; its window moved by pointer or keys, and kept for a moment.

const STEP = 0.01;
const BIG_STEP = 0.05;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const NEAR_S = 0.02;
const rounded = (value, digits = 4) => Number(value.toFixed(digits));
const shown = (seconds) => `${seconds.toFixed(1)} s`;

// Where a window looks: as the engine does it, straight from one place to the next, or at once where it jumps.
export function where(path, at) {
  let before = path[0];
  for (const aim of path) {
    if (aim.at_s > at) {
      if (aim.jump || aim.at_s <= before.at_s || at <= before.at_s) return before;
      const share = (at - before.at_s) / (aim.at_s - before.at_s);
      return { x: before.x + share * (aim.x - before.x), y: before.y + share * (aim.y - before.y) };
    }
    before = aim;
  }
  return before;
}

function setUp(card, clip, seen, plan) {
  const data = JSON.parse(card.dataset.plan);
  const source = card.querySelector("[data-source]");
  const canvas = card.querySelector("[data-canvas]");
  const moment = card.querySelector("[data-moment]");
  const field = card.querySelector("[data-path]");
  const { crop } = data;
  const room = { x: Math.min(0.5, crop.width / clip.width / 2), y: Math.min(0.5, crop.height / clip.height / 2) };
  const within = (value, least) => Math.min(1 - least, Math.max(least, value));
  let hand = null; // where the window was moved to, before it is kept

  const at = () => Number(moment.value);
  const middle = () => {
    if (hand) return hand;
    if (data.path.length) return where(data.path, at());
    return { x: (crop.x + crop.width / 2) / clip.width, y: (crop.y + crop.height / 2) / clip.height };
  };

  const draw = () => {
    const { sheet } = clip;
    const number = Math.min(sheet.count - 1, Math.max(0, Math.round(at() / sheet.every_s)));
    const [x, y] = [(number % sheet.columns) * sheet.width, Math.floor(number / sheet.columns) * sheet.height];
    const picture = `${x} ${y} ${sheet.width} ${sheet.height}`;
    const aim = middle();
    const left = within(aim.x, room.x) * clip.width - crop.width / 2;
    const top = within(aim.y, room.y) * clip.height - crop.height / 2;
    const [along, down] = [sheet.width / clip.width, sheet.height / clip.height];
    source.querySelector("[data-picture] svg").setAttribute("viewBox", picture);
    card.querySelector("[data-behind] svg")?.setAttribute("viewBox", picture);
    const view = [x + left * along, y + top * down, crop.width * along, crop.height * down];
    canvas.querySelector("[data-window]").setAttribute("viewBox", view.map((one) => rounded(one, 3)).join(" "));
    const edge = source.querySelector("[data-edge]");
    edge.setAttribute("x", left);
    edge.setAttribute("y", top);
    const outside = `M0 0H${clip.width}V${clip.height}H0Z`;
    source.querySelector("[data-shade]").setAttribute("d", `${outside}M${left} ${top}h${crop.width}v${crop.height}h${-crop.width}Z`);
    card.querySelector("[data-at]").textContent = shown(at());
    const said = canvas.querySelector("[data-said]");
    for (const drawn of canvas.querySelectorAll("[data-from], [data-until]")) {
      const away = at() < Number(drawn.dataset.from ?? 0) || at() >= Number(drawn.dataset.until ?? Infinity);
      drawn.setAttribute("visibility", away ? "hidden" : "visible");
    }
    if (said) {
      const now = data.cues.filter(([from, to]) => from <= at() && at() < to).map(([, , words]) => words);
      said.textContent = now.reverse().join("\n"); // as they are burned in: the later one above
      said.style.background = said.dataset.ground;
    }
    seen.set(card.dataset.version, at());
  };

  const keep = (jump) => {
    const aim = middle();
    const kept = data.hand.filter((one) => Math.abs(one.at_s - at()) > NEAR_S);
    kept.push({ at_s: rounded(at()), x: rounded(within(aim.x, room.x)), y: rounded(within(aim.y, room.y)), jump });
    set(kept.sort((one, other) => one.at_s - other.at_s));
  };

  const set = (aims) => {
    data.hand = aims;
    field.value = aims.length ? JSON.stringify(aims) : "";
    list();
    plan();
  };

  const list = () => {
    const keys = card.querySelector("[data-keys]");
    if (!keys) return;
    keys.replaceChildren(
      ...data.hand.map((aim) => {
        const item = document.createElement("li");
        const go = Object.assign(document.createElement("button"), { type: "button", className: "button slim quiet" });
        go.textContent = `${aim.jump ? "Jump" : "Glide"} ${shown(aim.at_s)}`;
        go.addEventListener("click", () => {
          moment.value = aim.at_s;
          hand = null;
          draw();
        });
        const off = Object.assign(document.createElement("button"), { type: "button", className: "button slim quiet" });
        off.textContent = "×";
        off.setAttribute("aria-label", `Take out the moment at ${shown(aim.at_s)}`);
        off.addEventListener("click", () => set(data.hand.filter((one) => one !== aim)));
        item.append(go, off);
        return item;
      }),
    );
  };

  const moveTo = (x, y) => {
    hand = { x: within(x, room.x), y: within(y, room.y) };
    draw();
  };

  const remembered = seen.get(card.dataset.version);
  if (remembered !== undefined) moment.value = remembered;
  moment.addEventListener("input", () => {
    hand = null;
    draw();
  });
  moment.addEventListener("change", (event) => event.stopPropagation()); // looking changes no plan
  if (card.querySelector("[data-follow]")) {
    for (const button of card.querySelectorAll("[data-keep]")) button.addEventListener("click", () => keep(button.dataset.keep === "jump"));
    card.querySelector("[data-follow]").addEventListener("click", () => set([]));
    source.addEventListener("keydown", (event) => {
      const direction = KEYS[event.key];
      if (!direction) return;
      event.preventDefault();
      const step = event.shiftKey ? BIG_STEP : STEP;
      moveTo(middle().x + direction[0] * step, middle().y + direction[1] * step);
    });
    source.addEventListener("blur", () => hand && keep(false));
    source.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      source.setPointerCapture(event.pointerId);
    });
    source.addEventListener("pointermove", (event) => {
      if (!source.hasPointerCapture(event.pointerId)) return;
      const matrix = source.querySelector("svg").getScreenCTM().inverse();
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
      moveTo(point.x / clip.width, point.y / clip.height);
    });
    source.addEventListener("pointerup", (event) => source.hasPointerCapture(event.pointerId) && hand && keep(false));
  }
  list();
  draw();
  return data;
}

export function setUpVersions(form, clip, plan) {
  const seen = new Map(); // the moment that somebody looks at, by placement: it stays when the server has answered
  let first = null;
  const drawAll = () => {
    first = null;
    for (const card of form.querySelectorAll("[data-version][data-plan]")) {
      const data = setUp(card, clip, seen, plan);
      first ??= { start: data.start, seconds: data.seconds };
    }
  };
  drawAll();
  return { drawAll, firstPart: () => first };
}
