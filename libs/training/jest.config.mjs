export default { displayName: "training", preset: "../../jest.preset.mjs" };
