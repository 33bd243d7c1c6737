// Starts PyScript without 'unsafe-eval', and says how to get it where it is not.
import('./python_start.js').catch(() => {
  document.getElementById('python').textContent =
    'Python is not here. "akunsub demo --python" gets it once; that needs npm, of Node.js.';
});
