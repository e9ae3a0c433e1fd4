import type { Answer } from "../state/answer";
import { mount } from "../views/answer";
import { widget } from "./adapter";

export default widget<Answer>(mount);
