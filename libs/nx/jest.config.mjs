export default { displayName: "nx", preset: "../../jest.preset.mjs" };
