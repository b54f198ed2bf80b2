export default { displayName: "trainer", preset: "../../jest.preset.mjs" };
