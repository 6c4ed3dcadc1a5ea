// Where somebody can be seen: drawn over the picture while their name, or a face to choose, is pointed at or focused.

const SVG = "http://www.w3.org/2000/svg";

function frame(text) {
  const [x, y, width, height] = text.split(" ").map(Number);
  const element = document.createElementNS(SVG, "rect");
  element.setAttribute("class", "region");
  for (const [key, value] of Object.entries({ x, y, width, height })) element.setAttribute(key, value);
  return element;
}

export function setUpRegions(page) {
  const overlay = page.querySelector("[data-regions]");
  if (!overlay) return;
  const show = (element) => overlay.replaceChildren(...(element ? [frame(element.dataset.region)] : []));
  for (const [begins, ends] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
    document.addEventListener(begins, (event) => show(event.target.closest?.("[data-region]")));
    document.addEventListener(ends, () => show(document.activeElement?.closest("[data-region]")));
  }
}
