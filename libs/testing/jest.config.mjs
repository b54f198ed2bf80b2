export default { displayName: "testing", preset: "../../jest.preset.mjs" };
