// Short names for the shapes of the API. They come from schema.d.ts, which `npm run types` writes from openapi.json.
import type { components } from './schema';

type Schemas = components['schemas'];

export type Me = Schemas['Me'];
export type Colleague = Schemas['Colleague'];
export type Team = Schemas['Team'];
export type Views = Schemas['Views'];
export type Contact = Schemas['ContactBrief'];
export type Conversation = Schemas['Conversation'];
export type ConversationPage = Schemas['ConversationPage'];
export type Context = Schemas['Context'];
export type Decision = Schemas['Decision'];
export type Evidence = Schemas['Evidence'];
export type Prediction = Schemas['Prediction'];
export type SimilarCase = Schemas['Case'];
export type Intent = Schemas['Intent'];
export type Template = Schemas['StoredTemplate'];
export type PolicyVersion = Schemas['PolicyVersion'];
export type ThresholdRow = Schemas['ThresholdRow'];
export type Priority = Conversation['priority'];
export type Status = Conversation['status'];
export type Presence = Me['presence'];
export type View = 'mine' | 'queue' | 'all' | 'waiting' | 'resolved';

/** What happened in an activity, or what an outbound offers. Keys depend on the kind; all are optional. */
export type Payload = {
  choices?: { id: string; title: string }[];
  template?: string;
  what?: string;
  [key: string]: unknown;
};
export type Message = Omit<Schemas['Message'], 'payload'> & { payload: Payload };
export type Messages = { items: Message[]; last_seq: number };
