export default { displayName: "fetch", preset: "../../jest.preset.mjs" };
