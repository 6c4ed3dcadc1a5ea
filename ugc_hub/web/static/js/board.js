// The storyboard: puts the time line and the versions together. What anything would come to is the server's answer.

import { setUpLine } from "./line.js";
import { setUpVersions } from "./versions.js";

const board = document.querySelector("[data-board]");

if (board) {
  const clip = JSON.parse(board.dataset.board);
  const form = board.querySelector("[data-board-form]");
  // Asked for again once somebody has stopped: the form waits a quarter of a second by itself.
  const plan = () => form.dispatchEvent(new Event("planned"));
  const versions = setUpVersions(form, clip, plan);
  setUpLine(form, clip, { plan, shown: () => versions.firstPart() });
  document.addEventListener("htmx:afterSwap", (event) => event.target.id === "versions" && versions.drawAll());
}
