// Preloaded into the real binary: makes one command exit with 9 before it does anything.
if (process.argv[2] === process.env.BREAK_COMMAND) process.exit(9);
