// The page of one asset: puts focal point, crops and picker together.

import { call } from "./api.js";
import { setUpCrops } from "./crops.js";
import { setUpFocal } from "./focal.js";
import { toast } from "./parts.js";
import { setUpPicker } from "./picker.js";
import { setUpRegions } from "./regions.js";

const page = document.querySelector("[data-asset-page]");

if (page) {
  const id = page.dataset.assetPage;
  const size = { width: Number(page.dataset.width), height: Number(page.dataset.height) };
  const path = `/api/v1/assets/${encodeURIComponent(id)}`;
  const crops = setUpCrops(page, size);
  const use = JSON.parse(page.querySelector("[data-use]")?.dataset.use ?? "{}");
  const picker = setUpPicker(page, {
    plan: (ids, choice) => call("POST", `${path}/plans`, { preset_ids: ids, choice, use }),
    show: (framing, title) => crops.show(framing, title),
  });
  setUpRegions(page);
  setUpFocal(page, {
    save: (point) => call("PATCH", path, { focal_point: point }),
    moved: (point) => picker?.refresh(point),
    failed: (problem) => toast(problem.message),
  });
}
