/** This process's environment as a person's shell has it, also where the tests are run by make: an inner make would say where it is. */
export function outsideMake(): NodeJS.ProcessEnv {
  const { MAKEFLAGS: _flags, MFLAGS: _more, MAKELEVEL: _level, ...env } = process.env;
  return env;
}
