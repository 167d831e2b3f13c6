/** Names that frameworks, protocols and the language itself ask for without anybody's writing them down in the repository. */
import type { PythonDeclaration } from './python-facts.ts';

/** Decorators that call nothing and hand nothing on. */
const INERT =
  /^(?:(?:functools|typing|typing_extensions|t|abc|contextlib|dataclasses|enum|attr|attrs|warnings|types)\.\w+|property|cached_property|staticmethod|classmethod|abstractmethod|\w+\.(?:setter|getter|deleter)|wraps|cache|lru_cache|contextmanager|asynccontextmanager|overload|override|final|dataclass|total_ordering|unique|runtime_checkable|deprecated|define|frozen|attrs|no_type_check|retry|timed|njit|jit)$/;

/** Called by whoever loads the file or makes the object. */
const HOOK =
  /^(?:__\w+__|_\w+_|pytest_\w+|lambda_handler|application|create_app|make_app|app_factory|includeme|setup|(?:un)?load_ipython_extension|upgrade|downgrade)$/;

/** Methods of objects that are handed to the standard library or to common servers. */
const ASKED_FOR =
  /^(?:read(?:line|lines|able|into|all)?|write(?:lines|able)?|close|closed|flush|seek|seekable|tell|fileno|isatty|send|recv|throw|emit|format|filter|acquire|release|default|tzname|utcoffset|dst|find_spec|exec_module|create_module|on_\w+|do_\w+|visit_\w+|depart_\w+|handle_\w+|process_(?:request|response|view|exception|template_response)|dispatch|model_post_init|to_python|to_url)$/;

/** Classes that a class comes from without anybody's calling its methods or finding it. */
const PLAIN =
  /^(?:object|ABC|ABCMeta|Generic|Protocol|NamedTuple|TypedDict|BaseModel|RootModel|Struct|(?:Int|Str)?(?:Enum|Flag)|\w*(?:Error|Exception|Warning)|dict|list|set|frozenset|tuple|str|int|float|bytes|Dict|List|Set|Tuple|UserDict|UserList|UserString)$/;

/** Classes whose methods are called, once somebody names what comes from them. */
const NAMED =
  /(?:View|ViewSet|Resource|Serializer|Schema|Form|Endpoint|Handler|Middleware|Thread|Process|Visitor|Transformer)$/;

/** It may be registered by what stands above it. */
export const isDecorated = ({ decorators }: PythonDeclaration): boolean =>
  decorators.some((name) => !INERT.test(name));

/** Something that is not in the repository may call it by its name. */
export const isHook = ({ of, name }: PythonDeclaration): boolean =>
  HOOK.test(name) || (of !== null && ASKED_FOR.test(name));

/** Whether what comes from a class of elsewhere has its methods called from there. */
export const callsMethods = (base: string): boolean => !PLAIN.test(base);

/** Whether a class of elsewhere may find what comes from it, as models and plug-ins are found. */
export const findsClasses = (base: string): boolean => !PLAIN.test(base) && !NAMED.test(base);
