"""Remedies for modules: what they do not know of, the mode they are in, what they are given instead of a call."""

import ast

from ..code import Cannot
from .graph import loaded
from .table import candidate, remedy


@remedy("module-list")
def module_list(code, wish):
    """A plain list of modules or parameters: nn.ModuleList, nn.ParameterList."""
    statement = wish.statement()
    if not isinstance(statement, ast.Assign):
        raise Cannot
    value = statement.value
    of = wish.words.get("of", "Module")
    kind = "Dict" if isinstance(value, (ast.Dict, ast.DictComp)) else "List"
    yield candidate(
        f"Register the {of.lower()}s: nn.{of}{kind}",
        code.insert_before_node(value, f"nn.{of}{kind}("), code.insert_behind_node(value, ")"),
    )


@remedy("parameter")
def parameter(code, wish):
    """A tensor attribute of a module: nn.Parameter."""
    statement = wish.statement()
    if not isinstance(statement, ast.Assign):
        raise Cannot
    value = statement.value
    edits = [code.insert_before_node(value, "nn.Parameter("), code.insert_behind_node(value, ")")]
    if isinstance(value, ast.Call) and any(keyword.arg == "requires_grad" for keyword in value.keywords):
        edits.append(code.drop_keyword(value, "requires_grad"))
    yield candidate("Register the tensor: nn.Parameter", *edits)


def outermost_loop(code, statement):
    loop = code.enclosing(statement, (ast.For, ast.While))
    while loop is not None:
        statement = loop
        loop = code.enclosing(statement, (ast.For, ast.While))
    return statement


@remedy("mode")
def mode(code, wish):
    """model.train() or model.eval() before the forward pass; around a `with torch.no_grad():` in a loop, both."""
    module, call = wish.word("module"), wish.word("call")
    statement = wish.statement()
    if wish.has("mode"):
        block = code.statement_at(wish.row("mode"))
        if isinstance(block, ast.With) and code.enclosing(block, (ast.For, ast.While)) is not None:
            yield candidate(
                f"Call {module}.eval() before, and {module}.train() after it",
                code.insert_before(block, f"{module}.eval()"),
                code.insert_after(block, f"{module}.train()"),
            )
        if isinstance(block, ast.With):
            yield candidate(f"Call {module}.{call}() before", code.insert_before(block, f"{module}.{call}()"))
            return
    yield candidate(
        f"Call {module}.{call}() before", code.insert_before(outermost_loop(code, statement), f"{module}.{call}()")
    )


def _receiver(code, statement):
    """net of `net.eval()`; "" for another statement."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("eval", "train"):
        return code.source(call.func.value)
    return ""


def _first(function):
    """The first statement of a function behind its docstring."""
    first = function.body[0]
    text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return function.body[1] if text and len(function.body) > 1 else first


@remedy("train-again")
def train_again(code, wish):
    """A module that is trained in evaluation mode: train() where the rounds of training begin."""
    step = wish.statement("step")
    switched = wish.statement("switched") if wish.has("switched") else None
    module = wish.words.get("module") or _receiver(code, switched)
    function = step
    while function is not None and not isinstance(function, ast.FunctionDef):
        function = code.parent(function)
    if function is not None and (switched is None or switched not in ast.walk(function)):
        # A function that trains, and one that evaluates: the first begins with training.
        for name in dict.fromkeys((module, _receiver(code, switched))):
            if name and name.split(".")[0] in loaded(function):
                yield candidate(
                    f"Begin with training: {name}.train()", code.insert_before(_first(function), f"{name}.train()")
                )
        return
    if not module:
        raise Cannot
    title = f"Switch back to training: {module}.train()"
    loops = []
    loop = code.enclosing(step, (ast.For, ast.While))
    while loop is not None:
        loops.append(loop)
        loop = code.enclosing(loop, (ast.For, ast.While))
    # The innermost loop that the evaluation is in as well: each of its rounds begins with training.
    for loop in loops:
        if switched is not None and switched in ast.walk(loop):
            yield candidate(title, code.insert_before(loop.body[0], f"{module}.train()"))
            return
    if loops:
        yield candidate(title, code.insert_before(loops[-1], f"{module}.train()"))
    else:
        forward = wish.statement("forward")
        same = forward in code.block(step)[0]
        yield candidate(title, code.insert_before(forward if same else step, f"{module}.train()"))
    if switched is not None and isinstance(switched, ast.Expr):
        block, index = code.block(switched)
        if any(isinstance(each, ast.With) for each in block[index + 1 :]):
            # An evaluation follows, for which it is right.
            return
        text = code.source(switched)
        yield candidate(f"Stay in training mode: remove {text}", *code.delete(switched))


@remedy("dropout-training")
def dropout_training(code, wish):
    """F.dropout(x) in forward(): training=self.training."""
    call = wish.call()
    method = code.enclosing(call, ast.FunctionDef)
    if method is None or not method.args.args or method.args.args[0].arg != "self":
        raise Cannot
    yield candidate(
        "Let it follow train() and eval(): training=self.training",
        code.keyword(call, "training", "self.training"),
    )


@remedy("layer-to-init")
def layer_to_init(code, wish):
    """A layer that forward() makes: made in __init__ instead."""
    call = wish.call()
    statement = code.statement(call)
    method = code.parent(statement)
    owner = code.parent(method)
    if not (isinstance(method, ast.FunctionDef) and isinstance(owner, ast.ClassDef) and method.args.args):
        raise Cannot
    me = method.args.args[0].arg
    init = next((each for each in owner.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)
    known = {"nn", "torch", "F"} | ({argument.arg for argument in init.args.args} if init else set())
    if init is None or not init.args.args or init.args.args[0].arg != me or not loaded(call) <= known:
        raise Cannot
    text = code.source(call)
    if isinstance(statement, ast.Assign) and statement.value is call and isinstance(statement.targets[0], ast.Name):
        name = statement.targets[0].id
        uses = [
            node
            for node in ast.walk(method)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]
        edits = [*code.delete(statement), *(code.replace(use, f"{me}.{name}") for use in uses)]
    else:
        name = (call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "layer")).lower()
        edits = [code.replace(call, f"{me}.{name}")]
    taken = any(isinstance(node, ast.Attribute) and node.attr == name for node in ast.walk(owner))
    if taken and not isinstance(statement, ast.Assign):
        raise Cannot
    yield candidate(
        f"Make it once, in __init__: {me}.{name} = {text}",
        code.insert_after(init.body[-1], f"{me}.{name} = {text}"),
        *edits,
    )


@remedy("call-it")
def call_it(code, wish):
    """optimizer.step as a statement: brackets behind it."""
    node = wish.expression()
    yield candidate(f"Call it: {code.source(node)}()", code.insert_behind_node(node, "()"))


@remedy("loss-of")
def loss_of(code, wish):
    """nn.MSELoss(pred, target) makes a module of what is to be compared: nn.MSELoss()(pred, target)."""
    call = wish.call()
    func = call.func
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    if isinstance(func, ast.Name):
        # criterion = nn.CrossEntropyLoss, which makes a class of it.
        for tree in code.trees:
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.Assign)
                    and isinstance(node.value, (ast.Attribute, ast.Name))
                    and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
                ):
                    text = code.source(node.value)
                    yield candidate(f"Make the module first: {text}()", code.insert_behind_node(node.value, "()"))
    if name[:1].isupper():
        text = code.source(func)
        yield candidate(f"Make the module first, then call it: {text}()(...)", code.insert_behind_node(func, "()"))


@remedy("copy-state")
def copy_state(code, wish):
    """best = model.state_dict(): copies of what it holds."""
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "state_dict"):
        raise Cannot
    text = code.source(call)
    imported = any(
        isinstance(node, ast.Import) and any(alias.name == "copy" and not alias.asname for alias in node.names)
        for tree in code.trees
        for node in ast.walk(tree)
    )
    deep = candidate("Keep a copy: copy.deepcopy(...)", code.replace(call, f"copy.deepcopy({text})"))
    clones = f"{{name: value.clone() for name, value in {text}.items()}}"
    if imported:
        yield deep
    yield candidate("Keep copies of the values: value.clone()", code.replace(call, clones))


@remedy("copy-at-binding")
def copy_at_binding(code, wish):
    """before = model.weight.data: .clone() where the second name is given."""
    statement = wish.statement()
    if not isinstance(statement, ast.Assign):
        raise Cannot
    value = statement.value
    copy = ".clone()"
    if isinstance(value, ast.ListComp) and isinstance(value.elt, ast.Name):
        yield candidate("Keep copies: .detach().clone()", code.insert_behind_node(value.elt, ".detach().clone()"))
        return
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "list" and value.args:
        text = code.source(value.args[0])
        yield candidate("Keep copies: .detach().clone()", code.replace(value, f"[each.detach().clone() for each in {text}]"))
        return
    detached = isinstance(value, ast.Attribute) and value.attr == "data"
    detached = detached or (isinstance(value, ast.Call) and getattr(value.func, "attr", "") == "detach")
    if not detached:
        copy = ".detach().clone()"
    yield candidate(f"Keep the values of now: {copy}", code.insert_behind_node(value, copy))


@remedy("call-argument")
def call_argument(code, wish):
    """SGD(model.parameters, lr=0.1), for p in model.parameters: brackets behind the method."""
    node = wish.expression()
    given = node.args[:1] if isinstance(node, ast.Call) else [node]
    for each in given:
        if isinstance(each, ast.Attribute):
            yield candidate(f"Call it: {code.source(each)}()", code.insert_behind_node(each, "()"))


@remedy("any-all")
def any_all(code, wish):
    """if x > 0: of many numbers: of any of them, or of all."""
    node = wish.expression()
    outer = code.parent(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("max", "min"):
        if len(node.args) == 2:
            name = f"torch.{node.func.id}imum"
            yield candidate(f"Take the larger of each pair: {name}" if node.func.id == "max" else f"Take the smaller of each pair: {name}", code.replace(node.func, name))
        return
    tests = isinstance(outer, (ast.If, ast.While, ast.Assert, ast.BoolOp, ast.IfExp)) or (
        isinstance(outer, ast.UnaryOp) and isinstance(outer.op, ast.Not)
    )
    if not tests or isinstance(outer, ast.IfExp) and outer.test is not node:
        raise Cannot
    text = code.operand(node)
    yield candidate(f"Ask whether all of them are: {text}.all()", code.replace(node, f"{text}.all()"))
    yield candidate(f"Ask whether any of them is: {text}.any()", code.replace(node, f"{text}.any()"))


@remedy("not-strict")
def not_strict(code, wish):
    """load_state_dict of what has other names: strict=False."""
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "load_state_dict"):
        raise Cannot
    yield candidate(
        "Load what has the same names: strict=False",
        code.keyword(call, "strict", "False"),
        cost="the parameters that are not in it keep the values that they have",
    )


@remedy("fitting-state")
def fitting_state(code, wish):
    """load_state_dict of what has other sizes: what fits of it."""
    call = wish.call()
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "load_state_dict" and call.args):
        raise Cannot
    module, given = code.source(call.func.value), call.args[0]
    text = code.operand(given)
    own = f"{module}.state_dict()"
    fitting = (
        f"{{name: value for name, value in {text}.items() "
        f"if name in {own} and value.shape == {own}[name].shape}}"
    )
    yield candidate(
        "Load what has the same name and size",
        code.replace(given, fitting),
        *([] if any(each.arg == "strict" for each in call.keywords) else [_not_strict(code, call)]),
        cost="the others keep the values that they have",
    )


def _not_strict(code, call):
    last = max([*call.args, *(each.value for each in call.keywords)], key=lambda node: (node.end_lineno, node.end_col_offset))
    end = code.row(last)[2:]
    closing = code.row(call)[2:]
    # Behind what is replaced, before the bracket.
    return [[*([closing[0], closing[1] - 1] if closing[0] == end[0] else end)] * 2, ", strict=False"]


@remedy("apply-function")
def apply_function(code, wish):
    """Square()(x), Square(x): Square.apply(x)."""
    call = wish.call()
    func = call.func
    name = func.func if isinstance(func, ast.Call) and not func.args else func
    text = code.source(name)
    yield candidate(f"Apply it: {text}.apply(...)", code.replace(func, f"{text}.apply"))


@remedy("rename-attribute")
def rename_attribute(code, wish):
    """p.require_grad = False: requires_grad."""
    statement, name = wish.statement(), wish.word("name")
    if not (isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute)):
        raise Cannot
    target = statement.targets[0]
    end = code.row(target)[2:]
    yield candidate(f"Write {name}", [[end[0], end[1] - len(target.attr), *end], name])
