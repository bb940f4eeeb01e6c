// Against real Feast in Python: scripts/interop.mjs runs these, with FEAST_PYTHON set.
export default {
  files: ['dist/test/interop/*.interop.js'],
  timeout: '10m',
};
