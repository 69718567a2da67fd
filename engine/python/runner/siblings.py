"""Files beside the document: importable modules, and files to read in the working directory."""

import ast
import importlib.abc
import importlib.machinery
import linecache
import os
import sys

from . import absent, sites
from .text import Text
from .tree import statements_of


class Siblings(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports from texts that came with the request; frames in them count as the user's."""

    def __init__(self, files, folder):
        self.files = {file["path"]: file["text"] for file in files}
        self.folder = folder
        self.folders = set()
        for path, text in self.files.items():
            parts = path.split("/")[:-1]
            for depth in range(1, len(parts) + 1):
                self.folders.add("/".join(parts[:depth]))
            target = os.path.join(folder, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            os.chmod(target, 0o444)

    def find_spec(self, fullname, path=None, target=None):
        base = fullname.replace(".", "/")
        for candidate, package in ((base + "/__init__.py", True), (base + ".py", False)):
            if candidate in self.files:
                spec = importlib.machinery.ModuleSpec(fullname, self, origin=candidate, is_package=package)
                spec.has_location = True
                if package:
                    spec.submodule_search_locations = [os.path.join(self.folder, base)]
                return spec
        if base in self.folders and path is None:
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [os.path.join(self.folder, base)]
            return spec
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        path = module.__spec__.origin
        text = self.files[path]
        lines = text.split("\n")
        sites.add_file(path, path, Text(0, lines))
        linecache.cache[path] = (len(text), None, [line + "\n" for line in lines], path)
        module.__file__ = os.path.join(self.folder, path)
        tree = compile(text, path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        absent.note(statements_of(tree), path)
        exec(compile(tree, path, "exec", dont_inherit=True), module.__dict__)

    def get_source(self, fullname):
        base = fullname.replace(".", "/")
        return self.files.get(base + ".py") or self.files.get(base + "/__init__.py")


def install(files, folder):
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    if files:
        # Before the folders of sys.path, so that frames carry the file's name as the Report has it.
        places = [index for index, finder in enumerate(sys.meta_path) if finder is importlib.machinery.PathFinder]
        sys.meta_path.insert(places[0] if places else len(sys.meta_path), Siblings(files, folder))
