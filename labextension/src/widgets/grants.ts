import type { Grants } from "../state/grants";
import { mount } from "../views/grants";
import { widget } from "./adapter";

export default widget<Grants>(mount);
