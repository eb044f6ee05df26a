/** Short names for the shapes of Tau's API, which are generated from its OpenAPI description. */

import type { components } from "./api-types";

type Shapes = components["schemas"];

export type Me = Shapes["MeOut"];
export type Conversation = Shapes["ConversationOut"];
export type ConversationPage = Shapes["ConversationPage"];
export type Message = Shapes["MessageOut"];
export type MessagePage = Shapes["MessagePage"];
export type Attachment = Shapes["AttachmentOut"];
/** A passage of a file that a reply had, stored or streamed. */
export type FileSource = Shapes["FileSourceOut"];
export type FoundPart = Shapes["FoundPartOut"];
export type RecalledMessage = Shapes["RecalledMessageOut"];
export type Passage = Shapes["PassageOut"];
export type SearchResult = Shapes["SearchResult"];
export type Turn = Shapes["TurnOut"];
export type Fact = Shapes["FactOut"];
export type FactPage = Shapes["FactPage"];
export type FactDetail = Shapes["FactDetailOut"];
export type ProfileLine = Shapes["ProfileLineOut"];
export type Profile = Shapes["ProfileOut"];
export type Learning = Shapes["LearningOut"];
export type Claim = Shapes["ClaimOut"];
export type Moment = Shapes["TimelineEntryOut"];
export type Timeline = Shapes["TimelinePage"];
export type Import = Shapes["ImportOut"];
export type ImportList = Shapes["ImportList"];
export type LeftOut = Shapes["SkippedItemOut"];
export type PreviewFact = Shapes["PreviewFactOut"];
export type Forgotten = Shapes["ForgetOut"];
export type Change = Shapes["Change"];
export type Expert = Shapes["ExpertOut"];
export type ExpertList = Shapes["ExpertList"];
export type ScopeChange = Shapes["ChangeScopeRequest"];
/** A specialist that could help with a message, and the question to the person. */
export type Suggestion = Pick<Shapes["SpecialistSuggested"], "expert" | "question">;
/** What a reply made or changed with a specialist. */
export type MadeArtifact = Shapes["MadeArtifactOut"];
export type TurnEvent =
  | Shapes["Accepted"]
  | Shapes["HelpOffered"]
  | Shapes["NoticeGiven"]
  | Shapes["SpecialistSuggested"]
  | Shapes["Recalled"]
  | Shapes["Working"]
  | Shapes["ArtifactMade"]
  | Shapes["Answering"]
  | Shapes["Thought"]
  | Shapes["Notes"]
  | Shapes["Forgetting"]
  | Shapes["Delta"]
  | Shapes["Revised"]
  | Shapes["Done"]
  | Shapes["Failed"];
/** The help that is offered with a message: from its event, or stored with it. */
export type Help = Omit<Shapes["HelpOut"], "lines"> & { lines: HelpLine[] };
export type HelpLine = Shapes["OfferedLine"];
export type HelpLines = Shapes["HelpLinesOut"];
export type RecalledPassage = Shapes["RecalledPassage"];
export type RecalledFact = Shapes["RecalledFact"];
export type Note = Shapes["NoteOut"];
/** A note as it comes with a streamed reply, with the message that it is about. */
export type StreamedNote = Shapes["Note"];
export type ForgettingProposal = Pick<Shapes["Forgetting"], "messages" | "facts">;
export type Model = Shapes["ModelOut"];
export type ModelList = Shapes["ModelList"];
export type FoundModels = Shapes["DiscoveredModels"];
export type NewModel = Shapes["AddModelRequest"];
export type Check = Shapes["HealthCheckOut"];
export type EndpointTried = Shapes["ProbeOut"];
export type Download = Shapes["DownloadOut"];
export type Person = Shapes["PersonOut"];
export type PersonList = Shapes["PersonList"];
export type Slot = Shapes["SlotOut"];
export type SlotList = Shapes["SlotList"];
export type ApiKey = Shapes["KeyOut"];
export type KeyList = Shapes["KeyList"];
export type KeyLimits = Shapes["KeyLimitsOut"];
export type KeyMade = Shapes["NewKeyOut"];
export type NewDataKey = Shapes["NewDataKeyOut"];
export type RecoveryCode = Shapes["RecoveryCodeOut"];
export type OneTimeLink = Shapes["LinkOut"];
export type UsageReport = Shapes["UsageReport"];
export type UsageItem = Shapes["UsageItem"];
export type UsageTotals = Shapes["UsageTotals"];
export type Price = Shapes["PriceOut"];
export type PriceList = Shapes["PriceList"];
export type Provider = Shapes["ProviderOut"];
export type ProviderPage = Shapes["ProviderPageOut"];
export type ServerInfo = Shapes["ServerInfoOut"];
export type Backup = Shapes["BackupOut"];
export type Life = Shapes["LifeOut"];
export type Project = Required<Shapes["ProjectOut"]>;
export type ProjectList = { projects: Project[] };
export type Source = Shapes["SourceOut"];
export type AddedFile = Shapes["AddedFileOut"];
export type Example = Required<Shapes["ExampleOut"]>;
export type ExampleMessage = Shapes["ExampleMessageOut"];
export type ExampleList = Omit<Shapes["ExampleList"], "examples"> & { examples: Example[] };
export type TableColumns = Shapes["ColumnsOut"];
export type CheckReport = Shapes["CheckOut"];
export type Finding = Shapes["FindingOut"];
export type Interval = Shapes["IntervalOut"];
export type PairedTest = Shapes["PairedTestOut"];
export type Method = Shapes["MethodOut"];
export type Comparison = Shapes["ComparisonOut"];
export type ComparisonJob = Shapes["ComparisonJobOut"];
export type ComparisonList = Shapes["ComparisonList"];
export type GradedAnswer = Shapes["GradedAnswerOut"];
export type GradedAnswerList = Shapes["GradedAnswerList"];
export type MadeModel = Required<Shapes["MadeModelOut"]>;
export type MadeModelList = { models: MadeModel[] };
export type GateCondition = Shapes["GateConditionOut"];
export type Gate = Shapes["GateOut"];
export type Release = Shapes["ReleaseOut"];
export type ReleaseList = Shapes["ReleaseList"];
export type ModelCard = Shapes["ModelCardOut"];
export type BlindPair = Omit<Shapes["BlindPairOut"], "example"> & { example: Example };
export type Revealed = Shapes["RevealedOut"];
export type BlindReview = Omit<Shapes["ReviewOut"], "next"> & { next: BlindPair | null };
export type RunPlan = Shapes["RunPlanOut"];
export type RunStep = Shapes["RunStepOut"];
export type RunCheckpoint = Shapes["RunCheckpointOut"];
export type RunModel = Shapes["RunModelOut"];
export type Run = Required<Shapes["RunOut"]>;
export type RunList = { runs: Run[] };
export type RunUpdate = Omit<Shapes["RunUpdate"], "run"> & { run: Run };
export type Artifact = Shapes["ArtifactOut"];
export type ArtifactPage = Shapes["ArtifactPage"];
export type SketchPlan = Shapes["SketchPlanOut"];
export type VersionList = Shapes["VersionList"];
export type WrittenDocument = Shapes["DocumentOut"];
export type DocumentBlock = Shapes["BlockOut"];
export type DocumentEdit = Shapes["DecidedEditOut"];
export type DocumentMark = Shapes["MarkOut"];
export type CheckedDocument = Shapes["CheckedDocumentOut"];
export type DocumentTemplates = Shapes["TemplateList"];
export type PersonalStyle = Shapes["PersonalStyleOut"];
export type StyleRule = Shapes["StyleRuleOut"];
export type StyleSample = Shapes["StyleSampleOut"];
export type Exercise = Shapes["ExerciseOut"];
export type ExerciseField = Shapes["FormFieldOut"];
export type FieldValues = Record<string, string | number | string[]>;
export type CareForm = Omit<Shapes["FormOut"], "values" | "rows"> & FormContent;
export interface FormContent {
  values: FieldValues;
  rows: FieldValues[];
}
export type FormSummary = Shapes["FormSummaryOut"];
export type SavedForm = { form: CareForm; help: Help | null };
export type MoodCheckIn = Shapes["CheckInOut"];
export type CheckedIn = Omit<Shapes["CheckedInOut"], "help"> & { help: Help | null };
export type Questionnaire = Shapes["QuestionnaireOut"];
export type QuestionnaireResult = Shapes["QuestionnaireResultOut"];
export type QuestionnaireList = Shapes["QuestionnaireList"];
export type Answered = Omit<Shapes["AnsweredOut"], "help"> & { help: Help | null };
