// What a preset would cut from the picture, drawn over it: dark outside, dashed where the platform's interface lies.

const SVG = "http://www.w3.org/2000/svg";

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// Boxes come in pixels of the rendition; this brings them back onto the picture.
function onPicture(box, plan) {
  const across = plan.crop.width / plan.placed.width;
  const down = plan.crop.height / plan.placed.height;
  const left = Math.max(plan.crop.x, plan.crop.x + (box.x - plan.placed.x) * across);
  const top = Math.max(plan.crop.y, plan.crop.y + (box.y - plan.placed.y) * down);
  const right = Math.min(plan.crop.x + plan.crop.width, plan.crop.x + (box.x + box.width - plan.placed.x) * across);
  const bottom = Math.min(plan.crop.y + plan.crop.height, plan.crop.y + (box.y + box.height - plan.placed.y) * down);
  return { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top) };
}

function describe(framing, title) {
  const said = framing.reasons.map((reason) => reason.sentence).join(" ");
  if (framing.outcome === "refused") return `${title}: not made. ${said}`;
  const plan = framing.plans[0];
  const enlarged = framing.scale > 1 ? ", enlarged" : "";
  const size = `${plan.width} × ${plan.height}`;
  const cover = framing.covered.length ? " Dashed: hidden by the platform's own buttons." : "";
  return `${title}: ${size} from ${plan.crop.width} × ${plan.crop.height} pixels${enlarged}. ${said}${cover}`;
}

export function setUpCrops(page, size) {
  const overlay = page.querySelector("[data-overlay]");
  const words = page.querySelector("[data-crop-words]");

  return {
    show(framing, title) {
      if (!overlay) return;
      words.hidden = !framing;
      overlay.replaceChildren();
      if (!framing) return;
      words.textContent = describe(framing, title);
      if (!framing.crop || !framing.plans.length) return;
      const { x, y, width, height } = framing.crop;
      const outside = `M0 0H${size.width}V${size.height}H0Z`;
      overlay.append(shape("path", { class: "shade", d: `${outside}M${x} ${y}h${width}v${height}h${-width}Z` }));
      for (const region of framing.covered) {
        for (const box of region.boxes) overlay.append(shape("rect", { class: "covered", ...onPicture(box, framing.plans[0]) }));
      }
      overlay.append(shape("rect", { class: "edge", x, y, width, height }));
    },
  };
}
