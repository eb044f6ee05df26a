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
export type PortraitLine = Shapes["PortraitLine"];
export type Portrait = Shapes["PortraitOut"];
export type Learning = Shapes["Learning"];
export type Claim = Shapes["ClaimOut"];
export type Moment = Shapes["Moments"];
export type Timeline = Shapes["Timeline"];
export type Import = Shapes["ImportOut"];
export type ImportList = Shapes["ImportList"];
export type LeftOut = Shapes["LeftOut"];
export type ForeseenFact = Shapes["ForeseenFact"];
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
export type Model = Shapes["ModelOut"];
export type ModelList = Shapes["ModelList"];
export type FoundModels = Shapes["FoundModels"];
export type NewModel = Shapes["NewModel"];
export type Check = Shapes["CheckOut"];
export type EndpointTried = Shapes["EndpointTried"];
export type Download = Shapes["Download"];
export type Person = Shapes["PersonOut"];
export type PersonList = Shapes["PersonList"];
export type Slot = Shapes["SlotOut"];
export type SlotList = Shapes["SlotList"];
export type KeyMade = Shapes["KeyMade"];
export type RecoveryCode = Shapes["RecoveryCode"];
export type OneTimeLink = Shapes["Link"];
export type HouseFacts = Shapes["HouseOut"];
export type Backup = Shapes["BackupOut"];
export type Life = Shapes["LifeOut"];
