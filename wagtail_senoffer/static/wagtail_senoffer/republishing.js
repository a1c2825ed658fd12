/* Looks again, every three seconds, at how far a run is. Without it, whoever waits reloads. */
window.setTimeout(() => window.location.reload(), 3000);
