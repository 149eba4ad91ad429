import {
  FindPersonInput,
  FreeUsernameInput,
  FreeUsernameOutput,
  ReserveUsernameInput,
  ReserveUsernameOutput,
  TransferUsernameInput,
  TransferUsernameOutput,
} from '../../shared/administration.ts'
import {
  KnownPerson,
  NameHistoryInput,
  NameHistoryOutput,
  WhoHeldInput,
  WhoHeldOutput,
} from '../../shared/history.ts'
import { freeUsername, reserveUsername, transferUsername } from '../domain/administration.ts'
import { nameHistory, whoHeld } from '../domain/history.ts'
import { findPerson, findPersonById, personBy } from '../domain/people.ts'
import { topicsOf } from '../domain/topics.ts'
import { administrator } from '../trpc/procedure.ts'

/** What administrators do with names; the history keeps who did it, and why. */
export const admin = {
  /** Reserves a name that is nobody's, for nobody or for one e-mail address. */
  reserveUsername: administrator('USERNAME_TAKEN', 'USERNAME_HELD')
    .input(ReserveUsernameInput)
    .output(ReserveUsernameOutput)
    .mutation(async ({ ctx, input: { username, because, for: email, note } }) => {
      const { actorId, rules, database } = ctx
      const deed = { username, because, email, note, actorId, rules }
      const end = await reserveUsername(database.prisma, deed)
      switch (end.outcome) {
        case 'reserved': {
          const names = end.former === null ? [username] : [username, end.former]
          database.names.announce(topicsOf(names, rules))
          return { reserved: username }
        }
        case 'taken':
          return ctx.fail('USERNAME_TAKEN', { username, suggestions: [] })
        case 'held':
          return ctx.fail('USERNAME_HELD', { username, until: end.until.toISOString(), suggestions: [] })
      }
    }),

  /** Ends a reservation or a hold, or takes a name from its owner, for whom it is held then. */
  releaseUsername: administrator('USERNAME_UNUSED')
    .input(FreeUsernameInput)
    .output(FreeUsernameOutput)
    .mutation(async ({ ctx, input: { username, atOnce, note } }) => {
      const { actorId, rules, database } = ctx
      const end = await freeUsername(database.prisma, { username, atOnce, note, actorId, rules })
      if (end.outcome === 'unused') return ctx.fail('USERNAME_UNUSED', { username })
      database.names.announce(topicsOf([end.display], rules))
      return { released: end.display, was: end.was, heldUntil: end.until?.toISOString() ?? null }
    }),

  /** Hands a name to somebody, as their current one. */
  transferUsername: administrator('USERNAME_UNUSED', 'USERNAME_TOO_SIMILAR', 'PERSON_NOT_FOUND')
    .input(TransferUsernameInput)
    .output(TransferUsernameOutput)
    .mutation(async ({ ctx, input: { username, to, note } }) => {
      const { actorId, rules, database } = ctx
      const [named, find] = typeof to === 'string' ? [to, findPerson] : [to.id, findPersonById]
      const taker = await find(database.prisma, named)
      if (taker === null) return ctx.fail('PERSON_NOT_FOUND', { person: named })
      const deed = { username, to: taker, note, actorId, rules }
      const end = await transferUsername(database.prisma, deed)
      switch (end.outcome) {
        case 'transferred': {
          const { display, from_person: from, previous } = end
          const names = previous === null ? [display] : [display, previous]
          database.names.announce(topicsOf(names, rules))
          return { transferred: display, from, to: taker.id, previous }
        }
        case 'unused':
          return ctx.fail('USERNAME_UNUSED', { username })
        case 'too-similar':
          return ctx.fail('USERNAME_TOO_SIMILAR', { username, resembles: null, suggestions: [] })
        case 'forgotten':
          return ctx.fail('PERSON_NOT_FOUND', { person: named })
      }
    }),

  /** Who somebody is that a name may be handed to. */
  findPerson: administrator('PERSON_NOT_FOUND')
    .input(FindPersonInput)
    .output(KnownPerson)
    .query(async ({ ctx, input: { person } }) => {
      const found = await findPerson(ctx.database.prisma, person)
      if (found === null) return ctx.fail('PERSON_NOT_FOUND', { person })
      return personBy(ctx.database.prisma, found.id)
    }),

  /** What a name is, or was at a time, and whose. */
  whoHeld: administrator()
    .input(WhoHeldInput)
    .output(WhoHeldOutput)
    .query(({ ctx, input: { username, at } }) =>
      whoHeld(ctx.database.prisma, { username, at: at === undefined ? undefined : new Date(at) }),
    ),

  /** Everything that happened to a name. */
  usernameHistory: administrator()
    .input(NameHistoryInput)
    .output(NameHistoryOutput)
    .query(({ ctx, input: { username, before, limit } }) =>
      nameHistory(ctx.database.prisma, { username, before, limit }),
    ),
}
