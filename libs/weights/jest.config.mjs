export default { displayName: "weights", preset: "../../jest.preset.mjs" };
