-- What each function does, its arguments and its outcomes, kept with it: it was said where each was first made
-- or changed. `prisma/functions.sql` shows all of them as they are now.

COMMENT ON FUNCTION claim_step_by_step IS $$
Claims a name for a person, or renames them to it: all of it or nothing.

wanted_skeleton   null where look-alikes are allowed
most_renames      in rename_days; null for any number. Going back to a name that is still
                  one's own is free
idempotency_key   null, or the key under which the answer of a success is kept: a failure
                  leaves nothing behind, so asking again may well end otherwise

outcome     'claimed', also when it was theirs already (`until` the `previous` one is held for
            them); else why not:
            'taken', 'reserved', 'held' (then `until` says how long), 'too-similar' (to what
            it `resembles`, if that is public), 'too-often' (`until` they may again),
            'key-reused' or 'forgotten' (their account is deleted)
respelled   how the name was displayed before, whoever had it, where its capitals changed

Losing is a row, not an error: a loser who finds the name gone writes nothing and needs
no transaction id. One who had to wait for the winner has locked their own profile, or
entered an empty one, and nothing else.
Order of locks: the person's profile first, then names that are not theirs to begin with
(one whose look-alike they take and that nobody holds any more, then the wanted one), then
only names that they own, and another one of whoever had the wanted one before, to keep others
off its look. Who waits for a name while holding another that is waited for took over one that
was nobody's any more: where two do so in opposite order, the database undoes one of them
(SQLSTATE 40P01), which the caller retries.
It decides by what it sees under the lock of the profile: a claim that is sent twice at once, without
a key, writes one change. A name is taken over only as it was seen.
Each of its statements sees what was committed before it (READ COMMITTED), so the
reason given to a loser is the winner's row, not a guess. Under a stricter isolation
level the same race ends in SQLSTATE 40001, which the caller retries.
$$;

COMMENT ON FUNCTION claim_username IS $$
Claims a name, as claim_step_by_step says, but for two ends that most claims have, which it comes to
at once: the name is somebody else's; or nobody ever had it, nothing looks like it, and the person
has no profile yet. Then they have kept no answer either.
$$;

COMMENT ON FUNCTION claim_usernames IS $$
Claims several names, each as claim_username does, in one transaction. The arrays are of one
length, a claim's parts at one place in each; a person or a name may be in them more than once.

at       which claim it is the end of, from 1
outcome  as of claim_username; or 'alone', where it failed, or would have to wait longer for
         another transaction than it may hold the others up: nothing of it has happened

First come those who only read: they find the name somebody's, or their own as it stands. Then, in
one statement, those who have no profile yet and want a name that nobody ever had. As everywhere,
profiles come before names; each in one order, whoever claims. Those of them for whom somebody
was faster are then claimed one by one like all others, in the order of the names.

One snapshot is enough to see both a name and the answer that was kept for who claims it: who won
it before it was lost again has kept theirs in it.
$$;

COMMENT ON FUNCTION first_answer IS $$
What is kept of the claim of a first name.
$$;

COMMENT ON FUNCTION forget_person IS $$
Forgets a person whose account is deleted: their current name is held, like their former
ones, and their profile keeps nothing but its id, which by then leads to nobody, and when it was made
and renamed. It is there
afterwards even where it was not before, for a claim of theirs that is still on its way to meet.
Answers that name as it was displayed, or null.
$$;

COMMENT ON FUNCTION free_username IS $$
Gives up, for an administrator, whatever stands in the way of claiming a name: a reservation
ends, a current name becomes a held one, a held one anybody's. One that became held only while this
waited stays so.

at_once  frees a current name too, without holding it
outcome  'released', or 'unused' where nothing stood in the way; `was` then says nothing
until    it is held, if it is
$$;

COMMENT ON FUNCTION free_usernames IS $$
The first few of some candidate names that nobody has, had or keeps others off by its look;
skeletons are theirs, in the same order, or null.
A look-up for each: a session keeps the plan it made while the table was small, and a join
would go on reading the whole of a table that grew.
$$;

COMMENT ON FUNCTION gives_up_skeleton IS $$
Whether a name gives up its skeleton to another one that has the same by a version of the
table: its own is of another version and says nothing, or it is anybody's to claim and the other is
current, or its last owner has none like it, or it is a former name and the other the current one of the
same owner.
$$;

COMMENT ON FUNCTION has_twin IS $$
Whether the owner of a name has another one, still theirs, that looks so.
$$;

COMMENT ON FUNCTION hold_username IS $$
Makes the current name of a profile, which is locked, a former one, held until a time.
Answers its row; null where the profile has no name.
$$;

COMMENT ON FUNCTION is_well_formed(username_changes) IS $$
Whether a change says something that there is. A function, as for usernames.
$$;

COMMENT ON FUNCTION is_well_formed(usernames) IS $$
Whether a row of usernames says one thing, of whom it is or why it is nobody's, beside what columns and
keys see to. A function, since a session reads that once, and plans a CHECK anew with each statement.
$$;

COMMENT ON FUNCTION keep_answer IS $$
Keeps the answer of what was done with an idempotency key, if there is one, and throws away
a few that are too old. The person's profile is locked, so nobody else keeps one for that key.
$$;

COMMENT ON FUNCTION kept_answer IS $$
The answer that was kept for an idempotency key, or null. A key that was used for something
else within the last 24 hours answers the outcome 'key-reused'.
$$;

COMMENT ON FUNCTION lock_profile IS $$
Locks a person's profile, entering an empty one where there is none.
$$;

COMMENT ON FUNCTION look_up_username IS $$
What claiming a name would meet: the status of the name, or 'too-similar' where the name is
to be had but another one looks like it, which is told only where anybody can see it.
Without a skeleton no look-alike is looked for, nor for a name that is theirs as it stands.
Twins are looked for only of names that there are.
$$;

COMMENT ON FUNCTION pass_skeleton_on IS $$
Lets the newest name that an owner still has with this look keep others off it, where none does.

Called with a look, whose collation is "C", all that is given has that collation: an owner needs
their own again, or the index on them is of no use.
$$;

COMMENT ON FUNCTION record_change IS $$
Enters a name's row, as it is now, as the latest of its changes.
$$;

COMMENT ON FUNCTION refuse_rewriting IS $$
Refuses to change or remove what is in the history of names, to everybody.
$$;

COMMENT ON FUNCTION release_username(text, int, text) IS $$
As builds before 20261130003500 call it: gives up whichever name a person goes by.
$$;

COMMENT ON FUNCTION release_username(text, int, text, text) IS $$
Gives up the name that a person goes by, if that is the one they mean: it may have become another one
since they saw it. It is held for them, as after a rename.

meant    its canonical key, or null for whichever they go by
outcome  'released', or why not: 'no-username' where they go by none or by another one, 'key-reused'
$$;

COMMENT ON FUNCTION reserve_username IS $$
Reserves a name that is nobody's, or changes why or for whom it is reserved. Where its last owner still
has one that looks like it, that one keeps others off from then on.

for_email  the one person who may claim it all the same, or null
outcome    'reserved', or why not: 'taken' or 'held'
$$;

COMMENT ON FUNCTION seed_reserved_names IS $$
Enters reserved names that are not in the table yet; whatever stands there stays as it is.
$$;

COMMENT ON FUNCTION set_skeleton IS $$
Gives a name the skeleton that was made of how it is displayed: unless it is displayed
otherwise by now, or is anybody's to claim, or another name keeps that skeleton. Answers that
other one, as it is displayed, where it has another owner; else null.
$$;

COMMENT ON FUNCTION throw_away_answers IS $$
Throws away answers that are too old: one time in 20, but then more than 20 statements keep. What is
too old is known before: an index is not searched for a time that the clock says anew for each row,
but read to its end.
$$;

COMMENT ON FUNCTION transfer_username IS $$
Hands a name that is somebody's, or reserved, to a person, as their current one; the one they
had is held for them.

outcome  'transferred', 'unused' where it is nobody's to hand over, 'forgotten' where the account
         of whom it is for is deleted, or 'too-similar' where somebody else has a name that looks
         like it, its last owner among them; each may leave an empty profile of that person

The row is locked that keeps others off its look: whoever takes that name back at the same time, or
keeps another one that looks so, has it still.
$$;

COMMENT ON FUNCTION username_status IS $$
What a row of usernames means to a person (nulls: to somebody signed out).
The one definition that claiming, checking and suggesting share.
$$;

COMMENT ON FUNCTION wait_for_standby IS $$
What an earlier transaction did may be on no standby yet, where nobody waited for its end: the server
crashed, or the wait was cancelled. One that finds it done and writes nothing itself would be over at
once, since PostgreSQL waits for the standby only after what writes. So it writes a message to
the log that no one reads. Costs nothing without a synchronous standby.
$$;
