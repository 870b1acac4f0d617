"""The rules for single values, as macros of the connection on which rows are made."""

from duckdb import DuckDBPyConnection

# What is a datetime among strings: a date alone, or with a time and perhaps an offset.
datetime_pattern = (
    r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?( ?(Z|[+-]\d{2}(:?\d{2})?))?)?"
)

# Times that senders write in other ways, beside ISO 8601 which a cast understands.
lenient_formats = (
    "['%a, %d %b %Y %H:%M:%S GMT', '%a, %d %b %Y %H:%M:%S %z', '%Y/%m/%d %H:%M:%S',"
    " '%Y/%m/%d', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y', '%d %b %Y %H:%M:%S', '%d %b %Y',"
    " '%B %d, %Y', '%Y%m%d']"
)

_MACROS = (
    # years 1 to 9999 only: what every destination can hold
    """in_range(t) AS CASE WHEN t >= TIMESTAMP '0001-01-01' AND t < TIMESTAMP '10000-01-01'
       THEN date_trunc('milliseconds', t) END""",
    """utc(v) AS in_range(try_cast(replace(v, ' Z', 'Z') AS TIMESTAMPTZ) AT TIME ZONE 'UTC')""",
    """any_time(v) AS CASE WHEN v[1:1] BETWEEN '0' AND '9' AND v LIKE '____-%' THEN utc(v)
       WHEN v IS NOT NULL THEN in_range(try_strptime(v, {formats})::TIMESTAMP) END""",
    # nearly all times look alike and need not go the long way
    """lenient_time(v) AS CASE WHEN v >= '0001' AND v < ':' AND v LIKE '____-__-__T__:__:__.___Z'
       THEN coalesce(try_cast(v AS TIMESTAMP), any_time(v)) ELSE any_time(v) END""",
    """datetime_value(v) AS CASE WHEN v >= '0' AND v < ':' AND strlen(v) BETWEEN 10 AND 40
       AND regexp_full_match(v, '{datetime}') THEN utc(v) END""",
    # the cheap tests first: nearly no string begins with a digit and has a dash in fifth place
    """string_value(v) AS CASE WHEN v >= ':' OR strlen(v) < 10 THEN nullif(v, '')
       WHEN substr(v, 5, 1) = '-' THEN
       coalesce(strftime(datetime_value(v), '%Y-%m-%dT%H:%M:%S.%gZ'), v) ELSE v END""",
    # an array that is written as nothing: [], [""], [null] and the same nested
    r"""array_value(v) AS CASE WHEN NOT regexp_full_match(v, '\[+(""|null)?\]+') THEN v END""",
    # an object whose keys count up from 0 or 1 and whose values are texts
    r"""is_spread(v) AS coalesce(regexp_full_match(v, '\{("\d+":"(\\.|[^"\\])*",?)+\}')
       AND list_sort(json_keys(TRY_CAST(v AS JSON))) = list_sort(list_transform(
       range(CASE WHEN v LIKE '%"0":%' THEN 0 ELSE 1 END,
       CASE WHEN v LIKE '%"0":%' THEN 0 ELSE 1 END + len(json_keys(TRY_CAST(v AS JSON)))),
       lambda n: n::VARCHAR)), false)""",
    """spread_value(v) AS CASE WHEN is_spread(v) THEN
       array_to_string(list_transform(list_sort(list_transform(map_entries(
       TRY_CAST(TRY_CAST(v AS JSON) AS MAP(VARCHAR, VARCHAR))),
       lambda e: {'k': TRY_CAST(e.key AS INTEGER), 'v': e.value})), lambda e: e.v), '') END""",
    # JSON as it is, without what counts as blank
    """whole_value(v) AS CASE WHEN v::VARCHAR NOT IN ('null', '""', '[]', '[""]', '{}')
       THEN v::VARCHAR END""",
    """is_whole(v) AS coalesce(try_cast(v AS DOUBLE) = trunc(try_cast(v AS DOUBLE)), false)""",
    """int_value(v) AS CASE WHEN is_whole(v) THEN
       coalesce(try_cast(regexp_extract(v, '^-?[0-9]+$') AS BIGINT),
       CASE WHEN contains(v, '.') OR contains(lower(v), 'e') THEN
       try_cast(try_cast(v AS DOUBLE) AS BIGINT) END) END""",
    "float_value(v) AS CASE WHEN isfinite(try_cast(v AS DOUBLE)) THEN try_cast(v AS DOUBLE) END",
    """number_text(v) AS coalesce(int_value(v)::VARCHAR, v)""",
    """not_blank(v) AS CASE WHEN v < '!' AND trim(v) = '' THEN NULL ELSE v END""",
    # how deep a document can be at most; each level takes two characters or more
    """brackets(j) AS CASE WHEN strlen(j::VARCHAR) < 200 THEN 0 ELSE
       strlen(j::VARCHAR) - strlen(replace(replace(j::VARCHAR, '{', ''), '[', '')) END""",
    # equal for documents of equal keys and kinds, without the cost of asking for the whole shape;
    # an inner object is known by its shape, and one element is never a list of keys and kinds
    """form(j) AS CASE WHEN list_contains(json_type(j, '$.*'), 'OBJECT')
       THEN [json_structure(j)::VARCHAR] ELSE json_keys(j) || json_type(j, '$.*') END""",
    # the first comparison finds JSON strings without parsing
    """scalar(j) AS CASE WHEN j::VARCHAR >= '"' AND j::VARCHAR < '#'
       THEN not_blank(json_extract_string(j, '$'))
       WHEN json_type(j) NOT IN ('OBJECT', 'ARRAY', 'NULL') THEN json_extract_string(j, '$') END""",
)


def install(connection: DuckDBPyConnection) -> None:
    """Teach the connection the rules; they live as long as it does and are in no file."""
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    for macro in _MACROS:
        rule = macro.replace("{formats}", lenient_formats).replace("{datetime}", datetime_pattern)
        connection.execute("CREATE OR REPLACE TEMP MACRO " + rule)
