// sharp as a contender: all outputs at once, as its documentation advises; libvips uses all cores.
import { createInterface } from "node:readline";
import { join } from "node:path";
import sharp from "sharp";

sharp.cache(false); // otherwise a second run would find the results of the first

const defaults = process.argv[2] === "defaults"; // leave the effort of WebP and AVIF to sharp

const options = {
  jpeg: (o) => ({ quality: o.quality, progressive: true, optimizeCoding: true, chromaSubsampling: "4:2:0" }),
  webp: (o, task) => ({ quality: o.quality, ...(defaults ? {} : { effort: task.method }) }),
  avif: (o, task) => ({
    quality: o.quality,
    chromaSubsampling: "4:2:0",
    ...(defaults ? {} : { effort: 9 - task.speed }),
  }),
};

async function render(task, folder) {
  await Promise.all(
    task.outputs.map((o) =>
      sharp(task.source)
        .autoOrient()
        .resize(o.width, o.height, { fit: "cover", kernel: "lanczos3" })
        .toFormat(o.format, options[o.format](o, task))
        .toFile(join(folder, o.name)),
    ),
  );
}

let task;
for await (const line of createInterface({ input: process.stdin })) {
  if (!task) {
    task = JSON.parse(line);
    console.log("ready");
  } else {
    await render(task, line.trim());
    console.log("done");
  }
}
