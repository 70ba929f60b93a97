// Short names for the shapes of the API. They come from schema.d.ts, which `npm run types` writes from openapi.json.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type Colleague = Schemas['Colleague'];
export type Team = Schemas['Team'];
export type Views = Schemas['Views'];
export type Contact = Schemas['ContactBrief'];
export type Owner = Schemas['Owner'];
export type Conversation = Schemas['Conversation'];
export type ConversationPage = Schemas['ConversationPage'];
export type Context = Schemas['Context'];
export type Decision = Schemas['Decision'];
export type Evidence = Schemas['Evidence'];
export type Prediction = Schemas['Prediction'];
export type SimilarCase = Schemas['Case'];
export type Intent = Schemas['Intent'];
export type NextLabel = Schemas['NextLabel'];
export type Template = Schemas['StoredTemplate'];
export type Previewed = Schemas['Previewed'];
export type PolicyVersion = Schemas['PolicyVersion'];
export type VectorSpace = Schemas['VectorSpace'];
export type ThresholdRow = Schemas['ThresholdRow'];
export type DraftedReply = Schemas['DraftedReply'];
export type Summary = Schemas['Summary'];
export type Priority = Conversation['priority'];
export type Status = Conversation['status'];
export type Presence = Me['presence'];
export type View = 'mine' | 'queue' | 'all' | 'waiting' | 'resolved';

export type Payload = Schemas['Payload'];
export type Message = Schemas['Message'];
export type Messages = Schemas['Messages'];
