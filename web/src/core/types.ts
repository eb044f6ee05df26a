/** Short names for the shapes of Tau's API, which are generated from its OpenAPI description. */

import type { components } from "./api-types";

type Shapes = components["schemas"];

export type Me = Shapes["Me"];
export type Conversation = Shapes["ConversationOut"];
export type ConversationPage = Shapes["ConversationPage"];
export type Message = Shapes["MessageOut"];
export type MessagePage = Shapes["MessagePage"];
export type RecalledMessage = Shapes["RecalledMessage"];
export type Passage = Shapes["PassageOut"];
export type SearchResult = Shapes["SearchResult"];
export type Turn = Shapes["TurnOut"];
export type Fact = Shapes["FactOut"];
export type FactPage = Shapes["FactPage"];
export type FactDetail = Shapes["FactDetail"];
export type Forgotten = Shapes["Forgotten"];
export type Change = Shapes["Change"];
export type TurnEvent =
  | Shapes["Accepted"]
  | Shapes["Recalled"]
  | Shapes["Delta"]
  | Shapes["Done"]
  | Shapes["Failed"];
export type RecalledPassage = Shapes["RecalledPassage"];
export type RecalledFact = Shapes["RecalledFact"];
