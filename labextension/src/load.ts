/** The line that loads our package into a kernel. */
export const LOAD = "%load_ext jupyter_connectors";
